import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@popple/embedded/free-port';
import { startNats } from '@popple/embedded/nats';
import { findNatsServer } from '@popple/embedded/nats-binary';
import { connect, NatsError } from 'nats';
import { reapProcess } from './reaper';
import { tempFolder } from './temp-folder';

/** Several nats-servers of one test that are one cluster. */
export interface TestNatsCluster {
  /** The addresses of all servers, as NATS_URL takes them. */
  readonly urls: readonly string[];
  /** Ends the servers and removes their stores. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function configuration(routePorts: readonly number[], index: number): string {
  const routes = routePorts.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  return `cluster { name: test, listen: "127.0.0.1:${routePorts[index]}", routes: [${routes}] }\n`;
}

/** Resolves when the cluster's leader knows of `size` servers that can take a stream; they answer a little before. */
async function untilPlaceable(servers: string[], size: number): Promise<void> {
  const connection = await connect({ servers });
  try {
    const { streams } = await connection.jetstreamManager();
    const isPlaced = () =>
      streams.add({ name: 'PROBE', subjects: ['probe'], num_replicas: size }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof NatsError) return false;
          throw error;
        },
      );
    while (!(await isPlaced())) await Bun.sleep(50);
    await streams.delete('PROBE');
  } finally {
    await connection.close();
  }
}

/**
 * Starts a cluster of `size` nats-servers with JetStream, and resolves when all of them can be used: own ports, own empty
 * stores, gone when the test process ends.
 * @throws Error with the end of a server's log when it does not start.
 */
export async function testNatsCluster(size: number): Promise<TestNatsCluster> {
  const binary = await findNatsServer();
  const folder = tempFolder('nats-cluster');
  const routePorts: number[] = [];
  while (routePorts.length < size) {
    const port = await freePort();
    if (!routePorts.includes(port)) routePorts.push(port);
  }
  const servers = await Promise.all(
    routePorts.map(async (_, index) => {
      const configFile = join(folder.path, `${index}.conf`);
      writeFileSync(configFile, configuration(routePorts, index));
      const server = await startNats({ binary, configFile, storeDir: join(folder.path, `store-${index}`) });
      return { server, release: reapProcess(server.pid) };
    }),
  );
  const stop = async () => {
    await Promise.all(
      servers.map(async ({ server, release }) => {
        process.kill(server.pid, 'SIGKILL');
        await server.exited;
        release();
      }),
    );
    folder.remove();
  };
  const urls = servers.map(({ server }) => server.url);
  await untilPlaceable(urls, size);
  return { urls, stop, [Symbol.asyncDispose]: stop };
}
