import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { z } from 'zod';
import { describeExit, type Exit, exitWithin, type RunningChild, startChild } from './child-process';
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
  /** Hears each line of the server's log. */
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

const portsSchema = z.object({
  nats: z.array(z.string()).min(1),
  monitoring: z.array(z.string()).optional(),
});
const readyTimeoutMs = 60_000;
const stopGraceMs = 15_000;
const bindAttempts = 20;

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
    const started = await launch(o, binary, recordFile);
    if ('server' in started) return started.server;
    // An asked-for port that a server before us is just letting go of; a port of the system's choice is never taken.
    if (attempt === bindAttempts || !started.log.some((line) => line.includes('address already in use'))) {
      throw new Error(
        `nats-server in ${o.storeDir} did not start (${started.ended}); its last words:\n${started.log.join('\n')}`,
      );
    }
    await sleep(250);
  }
}

async function launch(
  o: NatsOptions,
  binary: string,
  recordFile: string,
): Promise<{ server: EmbeddedNats } | { log: string[]; ended: string }> {
  const log: string[] = [];
  const child = await startChild({
    command: binary,
    args: serverArgs(o),
    onLine: (line) => {
      log.push(line);
      if (log.length > 40) log.shift();
      o.onLine?.(line);
    },
  });
  recordServer(recordFile, child.pid);
  const portsFile = join(o.storeDir, `nats-server_${child.pid}.ports`);
  const ready = await untilReady(child, portsFile);
  if ('ended' in ready) {
    rmSync(portsFile, { force: true });
    forgetServer(recordFile);
    return { log, ended: ready.ended };
  }
  const stop = async () => {
    child.signal('SIGTERM');
    if (!(await exitWithin(child.exited, stopGraceMs))) child.signal('SIGKILL');
    await child.exited;
    rmSync(portsFile, { force: true });
    forgetServer(recordFile);
  };
  return { server: { ...ready, pid: child.pid, exited: child.exited, stop } };
}

// Port -1 lets the server bind a free port and tell which, so that no other process can come between.
function serverArgs(o: NatsOptions): string[] {
  const monitor = o.monitorPort === undefined ? [] : ['--http_port', String(o.monitorPort || -1)];
  return [
    ...['--addr', '127.0.0.1', '--port', String(o.port ?? -1), '--ports_file_dir', o.storeDir],
    ...['--jetstream', '--store_dir', o.storeDir],
    ...monitor,
  ];
}

type Ready = { url: string; port: number; monitorUrl: string | undefined };

async function untilReady(child: RunningChild, portsFile: string): Promise<Ready | { ended: string }> {
  let exit: Exit | undefined;
  void child.exited.then((e) => {
    exit = e;
  });
  const deadline = Date.now() + readyTimeoutMs;
  while (!exit) {
    const ready = readPorts(portsFile);
    if (ready && (await jetStreamAnswers(ready.url))) return ready;
    if (Date.now() > deadline) {
      child.signal('SIGKILL');
      await child.exited;
      return { ended: `not ready within ${readyTimeoutMs / 1000} s` };
    }
    await sleep(30);
  }
  return { ended: describeExit(exit) };
}

function readPorts(portsFile: string): Ready | undefined {
  let text: string;
  try {
    text = readFileSync(portsFile, 'utf8');
  } catch {
    return undefined;
  }
  // The file may be seen half written; the next look finds it whole.
  const ports = portsSchema.safeParse(tryJson(text));
  const url = ports.data?.nats[0];
  if (url === undefined) return undefined;
  const { port } = new URL(url);
  return { url: `nats://127.0.0.1:${port}`, port: Number(port), monitorUrl: ports.data?.monitoring?.[0] };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function jetStreamAnswers(url: string): Promise<boolean> {
  try {
    const connection = await connect({
      servers: url,
      reconnect: false,
      timeout: 2000,
      maxReconnectAttempts: 0,
    });
    try {
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
