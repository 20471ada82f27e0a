import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startPostgres } from '@popple/embedded/postgres';
import { type Release, reapFolder, reapProcess } from './reaper';
import { tempFolder } from './temp-folder';

/** A Postgres server of one test, which the test may maltreat. */
export interface OwnPostgres {
  /** Connects as superuser to the database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** The pid of the server that runs now. */
  pid(): number;
  /** Ends it as a crash does (immediate mode): connections are not closed in order, the next start recovers from the log. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; stops it in order first when it is running. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

// No test needs its data after a power failure, so nothing waits for the disk. But synchronous_commit stays on: without
// it, what was committed in the last moments before a kill would be lost, which is just what such tests look at.
const withoutDisk = { fsync: 'off', full_page_writes: 'off', max_connections: '300' } as const;

/**
 * Starts a Postgres server for one test: own port, own empty cluster, gone when the test process ends. `settings` are
 * added to those that make it quick.
 */
export async function ownPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const temp = tempFolder('postgres');
  const dataDir = join(temp.path, 'data');
  let running: { server: EmbeddedPostgres; release: Release } | undefined;
  const start = async (port?: number) => {
    const server = await startPostgres({
      dataDir,
      settings: { ...withoutDisk, ...settings },
      ...(port === undefined ? {} : { port }),
    });
    running = { server, release: reapProcess(server.pid, 'SIGQUIT') };
    return server;
  };
  const { url, port, folder } = await start();
  const releaseFolder = reapFolder(folder);
  const end = async (mode: 'fast' | 'immediate') => {
    if (!running) return;
    const { server, release } = running;
    running = undefined;
    process.kill(server.pid, 'SIGCONT');
    await server.stop(mode);
    release();
  };
  const stop = async () => {
    await end('immediate');
    rmSync(folder, { recursive: true, force: true });
    releaseFolder();
    temp.remove();
  };
  return {
    url,
    port,
    pid: () => {
      if (!running) throw new Error('this Postgres is not running now');
      return running.server.pid;
    },
    kill: () => end('immediate'),
    restart: async () => {
      await end('fast');
      await start(port);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
