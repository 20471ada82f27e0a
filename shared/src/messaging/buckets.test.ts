import { expect, test } from 'bun:test';
import { testNats } from '@popple/testing/nats';
import { testNatsCluster } from '@popple/testing/nats-cluster';
import { connect, nanos } from 'nats';
import { OperatorError } from '../process/operator-error';
import { openBucket } from './buckets';

test('an existing bucket is given more copies and another time to live, and keeps what it holds', async () => {
  await using nats = await testNatsCluster(3);
  const connection = await connect({ servers: [...nats.urls] });
  try {
    const manager = await connection.jetstreamManager();
    const client = connection.jetstream();
    const first = await openBucket(client, manager, 'KEPT', { ttlMs: 60_000, replicas: 1 });
    await first.put('key', 'value');
    expect((await manager.streams.info('KV_KEPT')).config.num_replicas).toBe(1);
    const second = await openBucket(client, manager, 'KEPT', { ttlMs: 120_000, replicas: 3 });
    const { config } = await manager.streams.info('KV_KEPT');
    expect(config).toMatchObject({ num_replicas: 3, max_age: nanos(120_000) });
    const copiesUpToDate = async () =>
      (await manager.streams.info('KV_KEPT')).cluster?.replicas?.filter(({ current }) => current).length;
    while ((await copiesUpToDate()) !== 2) await Bun.sleep(50);
    expect((await second.get('key'))?.string()).toBe('value');
  } finally {
    await connection.close();
  }
}, 120_000);

test('more copies than there are servers is an error that names the variable', async () => {
  await using nats = await testNats();
  const connection = await connect({ servers: nats.url });
  try {
    const manager = await connection.jetstreamManager();
    const refused = await openBucket(connection.jetstream(), manager, 'KEPT', {
      ttlMs: 60_000,
      replicas: 3,
    }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OperatorError);
    expect(String(refused)).toMatch(/KEPT.*STREAM_REPLICAS/);
  } finally {
    await connection.close();
  }
});

test('a user who may not change a bucket goes on with it, and is told', async () => {
  await using nats = await testNats({
    config: `
      no_auth_user: operator
      authorization { users = [
        { user: operator, password: operator }
        { user: part, password: part, permissions: { publish: { allow: [">"], deny: ["$JS.API.STREAM.UPDATE.>"] } } }
      ] }`,
  });
  const operator = await connect({ servers: nats.url });
  const part = await connect({ servers: nats.url, user: 'part', pass: 'part' });
  try {
    await openBucket(operator.jetstream(), await operator.jetstreamManager(), 'KEPT', {
      ttlMs: 60_000,
      replicas: 1,
    });
    const lines: string[] = [];
    const open = async (ttlMs: number) =>
      openBucket(part.jetstream(), await part.jetstreamManager(), 'KEPT', { ttlMs, replicas: 1 }, (line) =>
        lines.push(line),
      );
    await (await open(60_000)).put('key', 'value');
    expect(lines).toEqual([]);
    expect((await (await open(30_000)).get('key'))?.string()).toBe('value');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/bucket KEPT.*max_age/);
  } finally {
    await Promise.all([operator.close(), part.close()]);
  }
});
