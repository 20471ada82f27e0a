import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { type Exit, exitWithin, startChild, untilReady } from './child-process';
import { freePort } from './free-port';
import { findNatsServer } from './nats-binary';
import { forgetServer, recordServer, stopLeftover } from './server-record';

/** How to start a nats-server. */
export interface NatsOptions {
  /** Holds JetStream's streams; made when missing. */
  readonly storeDir: string;
  /** Exactly this port of 127.0.0.1; a free one when left out. */
  readonly port?: number;
  /** The nats-server to run; found or fetched when left out. */
  readonly binary?: string;
  /** Serves the monitoring pages on this port of 127.0.0.1 (0: a free one). None when left out. */
  readonly monitorPort?: number;
  /** The path of a configuration file; what is set here comes before what it sets. None when left out. */
  readonly configFile?: string;
  /** Receives each line of the server's log. */
  readonly onLine?: (line: string) => void;
}

/** A running nats-server with JetStream. */
export interface EmbeddedNats {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where the monitoring pages are, when they were asked for. */
  readonly monitorUrl: string | undefined;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** Stops the server in order and waits for its end. Whatever happens, it ends. */
  stop(): Promise<void>;
}

const readyTimeoutMs = 60_000;
const stopGraceMs = 15_000;
const bindAttempts = 20;
// Its own words on Unix and on Windows.
const portTaken = /address already in use|only one usage of each socket address/i;

/**
 * Starts nats-server on 127.0.0.1 and resolves when a client can connect and use JetStream. A server that a killed
 * run left on the same store is stopped first, because two on one store destroy it. Raises DataFolderInUseError when a
 * live process uses the store, and an Error with the end of the server's log when it does not come up.
 */
export async function startNats(o: NatsOptions): Promise<EmbeddedNats> {
  const binary = o.binary ?? (await findNatsServer());
  mkdirSync(o.storeDir, { recursive: true });
  const recordFile = join(o.storeDir, 'server.json');
  await stopLeftover(o.storeDir, recordFile, ['SIGTERM']);
  for (let attempt = 1; ; attempt++) {
    const started = await launch(o, binary, o.port ?? (await freePort()), recordFile);
    if ('server' in started) return started.server;
    if (attempt === bindAttempts || !started.log.some((line) => portTaken.test(line))) {
      throw new Error(
        `nats-server in ${o.storeDir} did not start (${started.ended}); its last words:\n${started.log.join('\n')}`,
      );
    }
    await sleep(o.port === undefined ? 50 : 250);
  }
}

async function launch(
  o: NatsOptions,
  binary: string,
  port: number,
  recordFile: string,
): Promise<{ server: EmbeddedNats } | { log: string[]; ended: string }> {
  const log: string[] = [];
  // A name of its own, by which to make sure that it is this server that answers, and not one that took the port.
  const name = `popple-${randomBytes(8).toString('hex')}`;
  const monitorPort = o.monitorPort === 0 ? await freePort() : o.monitorPort;
  const child = await startChild({
    command: binary,
    args: [
      ...['--name', name, '--addr', '127.0.0.1', '--port', String(port)],
      ...['--jetstream', '--store_dir', o.storeDir],
      ...(o.configFile === undefined ? [] : ['--config', o.configFile]),
      ...(monitorPort === undefined ? [] : ['--http_port', String(monitorPort)]),
    ],
    onLine: (line) => {
      log.push(line);
      if (log.length > 40) log.shift();
      o.onLine?.(line);
    },
  });
  recordServer(recordFile, child.pid);
  const url = `nats://127.0.0.1:${port}`;
  const ended = await untilReady(child, () => jetStreamAnswers(url, name), {
    withinMs: readyTimeoutMs,
    lastSignal: 'SIGKILL',
  });
  if (ended !== undefined) {
    forgetServer(recordFile);
    return { log, ended };
  }
  const stop = async () => {
    child.signal('SIGTERM');
    if (!(await exitWithin(child.exited, stopGraceMs))) child.signal('SIGKILL');
    await child.exited;
    forgetServer(recordFile);
  };
  const monitorUrl = monitorPort === undefined ? undefined : `http://127.0.0.1:${monitorPort}`;
  return { server: { url, port, monitorUrl, pid: child.pid, exited: child.exited, stop } };
}

async function jetStreamAnswers(url: string, name: string): Promise<boolean> {
  try {
    const connection = await connect({ servers: url, reconnect: false, timeout: 2000 });
    try {
      if (connection.info?.server_name !== name) return false;
      await (await connection.jetstreamManager()).getAccountInfo();
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    // Not yet up, or JetStream is still recovering its streams: the caller looks again, or sees the process end.
    return false;
  }
}
