import { expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';
import { connect } from 'nats';
import { freePort } from './free-port';
import { type EmbeddedNats, startNats } from './nats';
import { isRunning } from './process-identity';

async function start(
  storeDir: string,
  o: { port?: number; monitorPort?: number } = {},
): Promise<EmbeddedNats> {
  const server = await startNats({ storeDir, ...o });
  reapProcess(server.pid);
  return server;
}

async function withStream<T>(url: string, use: (messages: () => Promise<number>) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: url });
  try {
    const jsm = await connection.jetstreamManager();
    await jsm.streams.add({ name: 'KEPT', subjects: ['kept'] });
    await connection.jetstream().publish('kept', 'one');
    return await use(async () => (await jsm.streams.info('KEPT')).state.messages);
  } finally {
    await connection.close();
  }
}

test('streams survive a stop, and the monitoring pages are where they are said to be', async () => {
  const storeDir = join(tempFolder('nats').path, 'not', 'yet', 'there');
  const first = await start(storeDir, { monitorPort: 0 });
  expect(await withStream(first.url, (messages) => messages())).toBe(1);
  expect((await fetch(`${first.monitorUrl}/healthz`)).status).toBe(200);
  await first.stop();
  const second = await start(storeDir, { port: first.port });
  expect(second.monitorUrl).toBeUndefined();
  expect(second.url).toBe(first.url);
  expect(await withStream(second.url, (messages) => messages())).toBe(2);
  await second.stop();
});

test('a server that a killed run left on the same store is stopped first: two on one would destroy it', async () => {
  const storeDir = tempFolder('nats').path;
  const left = await start(storeDir);
  const record = join(storeDir, 'server.json');
  const noted = JSON.parse(readFileSync(record, 'utf8'));
  writeFileSync(record, JSON.stringify({ ...noted, owner: { pid: 2 ** 30, startedAt: 'long ago' } }));
  const second = await start(storeDir);
  expect(isRunning(noted.server)).toBe(false);
  await left.exited;
  await second.stop();
});

test('only this machine can reach it', async () => {
  const server = await start(tempFolder('nats').path);
  const info = await connect({ servers: server.url }).then(async (connection) => {
    const { info: told } = connection;
    await connection.close();
    return told;
  });
  expect(info?.host).toBe('127.0.0.1');
  expect(info?.port).toBe(server.port);
  await server.stop();
});

test('a port that another program keeps is an error after some patience', async () => {
  const port = await freePort();
  const squatter = createServer(() => {}).listen(port, '127.0.0.1');
  try {
    await expect(startNats({ storeDir: tempFolder('nats').path, port })).rejects.toThrow(
      /address already in use/,
    );
  } finally {
    squatter.close();
  }
});
