import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningChild, startChild } from '@popple/embedded/child-process';
import { freePort } from '@popple/embedded/free-port';
import { makePrivateFolder, unprivilegedUser } from '@popple/embedded/unprivileged-user';
import { testPostgres } from '@popple/testing/postgres';
import { reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';
import postgres from 'postgres';

/** A server that the pg_dump of this machine can dump. */
export interface DumpablePostgres extends AsyncDisposable {
  /** Connects as superuser to the database `postgres`. */
  url: string;
}

function majorVersion(program: string): number | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const major = status === 0 ? /\) (\d+)/.exec(stdout)?.[1] : undefined;
  return major === undefined ? undefined : Number(major);
}

async function serverVersion(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql<{ version: string }[]>`SELECT current_setting('server_version_num') AS version`;
    return Math.floor(Number(row?.version) / 10_000);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Where the server programs of an installed Postgres are, if they are there. */
function serverPrograms(major: number): string | undefined {
  const folders = [
    spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim(),
    `/usr/lib/postgresql/${major}/bin`,
    `/usr/pgsql-${major}/bin`,
  ];
  return folders.find(
    (folder) =>
      folder && existsSync(join(folder, 'initdb')) && majorVersion(join(folder, 'postgres')) === major,
  );
}

async function startInstalled(programs: string): Promise<DumpablePostgres> {
  const folder = tempFolder('installed-postgres');
  const data = join(folder.path, 'data');
  const runAs = unprivilegedUser();
  const own = runAs === undefined ? {} : { runAs };
  makePrivateFolder(data, runAs);
  const lines: string[] = [];
  const start = (program: string, args: string[]): Promise<RunningChild> =>
    startChild({
      command: join(programs, program),
      args,
      cwd: '/',
      onLine: (line) => lines.push(line),
      ...own,
    });
  // On a port of 127.0.0.1 that nobody else knows, for some seconds: trust is enough.
  const made = await start('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ]);
  if ((await made.exited).code !== 0) throw new Error(`initdb failed:\n${lines.join('\n')}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const server = await start('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]);
  const release = reapProcess(server.pid, 'SIGQUIT');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (let ready = false; !ready; ) {
    ready = await serverVersion(url).then(
      () => true,
      () => Bun.sleep(50).then(() => false),
    );
    if (!server.signal('SIGCONT')) throw new Error(`Postgres ended:\n${lines.join('\n')}`);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.signal('SIGQUIT');
      await server.exited;
      release();
      folder.remove();
    },
  };
}

/**
 * A server for the real pg_dump and pg_restore: the one that all tests share, or, when they are too old for that, one of
 * the Postgres they were installed with. Undefined when the tools are not there, or no server is that they can dump.
 */
export async function dumpablePostgres(): Promise<DumpablePostgres | undefined> {
  const versions = ['pg_dump', 'pg_restore', 'psql'].map(majorVersion);
  if (versions.includes(undefined)) return undefined;
  const tools = Math.min(...versions.filter((version) => version !== undefined));
  const shared = await testPostgres();
  if ((await serverVersion(shared)) <= tools) return { url: shared, [Symbol.asyncDispose]: async () => {} };
  const programs = serverPrograms(tools);
  return programs === undefined ? undefined : await startInstalled(programs);
}
