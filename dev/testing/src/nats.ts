import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedNats, startNats } from '@popple/embedded/nats';
import { findNatsServer } from '@popple/embedded/nats-binary';
import { freeze } from './freeze';
import { type Release, reapProcess } from './reaper';
import { tempFolder } from './temp-folder';

/** A nats-server of one test, which the test may maltreat. */
export interface TestNats {
  readonly url: string;
  readonly port: number;
  /** The pid of the server that runs now. */
  pid(): number;
  /** Kills the server with SIGKILL; its store stays. */
  kill(): Promise<void>;
  /**
   * Kills it as if in the middle of writing down how far a consumer is: that file is empty then, as nats-server 2.9 leaves it
   * once in some hundred kills. Started again, it delivers all that the stream holds.
   * Resolves to whether there was such a consumer; a server whose volume was lost may have none.
   */
  killForgetting(stream: string, durable: string): Promise<boolean>;
  /** Kills it and removes its store, as when a volume is lost. */
  lose(): Promise<void>;
  /** Starts it again on the same port and store; stops it in order first when it is running. */
  restart(): Promise<void>;
  /** Freezes it: connections stay open, and nothing answers. */
  freeze(): Promise<void>;
  /** Lets a frozen server go on. */
  resume(): void;
  /** Ends the server and removes its store. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestNatsOptions {
  /**
   * Lines of nats-server's configuration language, beside the address and the store. Who gives no credentials must be
   * allowed to use JetStream (`no_auth_user`): that is how it is seen that the server is up.
   */
  readonly config?: string;
}

/** Starts a nats-server with JetStream for one test: own port, own empty store, gone when the test process ends. */
export async function testNats({ config }: TestNatsOptions = {}): Promise<TestNats> {
  const binary = await findNatsServer();
  const folder = tempFolder('nats');
  const storeDir = join(folder.path, 'store');
  const configFile = join(folder.path, 'nats.conf');
  if (config !== undefined) writeFileSync(configFile, config);
  let running: { server: EmbeddedNats; release: Release } | undefined;
  const start = async (port?: number) => {
    const server = await startNats({
      storeDir,
      binary,
      ...(port === undefined ? {} : { port }),
      ...(config === undefined ? {} : { configFile }),
    });
    running = { server, release: reapProcess(server.pid) };
    return server;
  };
  const { url, port } = await start();
  const signal = (name: NodeJS.Signals) => {
    if (running) process.kill(running.server.pid, name);
  };
  const end = async (how: (server: EmbeddedNats) => Promise<unknown>) => {
    if (!running) return;
    const { server, release } = running;
    running = undefined;
    await how(server);
    release();
  };
  const pid = () => {
    if (!running) throw new Error('this nats-server is not running now');
    return running.server.pid;
  };
  const kill = () =>
    end((server) => {
      process.kill(server.pid, 'SIGKILL');
      return server.exited;
    });
  const stop = async () => {
    await kill();
    folder.remove();
  };
  return {
    url,
    port,
    pid,
    kill,
    lose: async () => {
      await kill();
      rmSync(storeDir, { recursive: true, force: true });
    },
    killForgetting: async (stream, durable) => {
      await kill();
      const progress = join(storeDir, 'jetstream', '$G', 'streams', stream, 'obs', durable, 'o.dat');
      if (!existsSync(progress)) return false;
      truncateSync(progress);
      return true;
    },
    restart: async () => {
      signal('SIGCONT');
      await end((server) => server.stop());
      await start(port);
    },
    freeze: () => freeze(pid()),
    resume: () => signal('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
