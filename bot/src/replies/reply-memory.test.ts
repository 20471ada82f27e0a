import { afterEach, beforeEach, expect, test } from 'bun:test';
import { openBucket } from '@popple/shared/messaging/buckets';
import { type TestNats, testNats } from '@popple/testing/nats';
import { until } from '@popple/testing/until';
import { connect, type KV, type NatsConnection, nanos } from 'nats';
import { ReplyMemory } from './reply-memory';

const ASKED_AT_MS = 1_420_070_400_000;

let nats: TestNats;
let connection: NatsConnection;
let bucket: KV;
const open = async (ttlMs: number) =>
  openBucket(connection.jetstream(), await connection.jetstreamManager(), 'ANSWERS', { ttlMs, replicas: 1 });

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
  bucket = await open(60_000);
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

test('the first attempt is new, for one only', async () => {
  const states = await Promise.all(
    Array.from(
      { length: 5 },
      async () => (await new ReplyMemory(bucket, async () => 0).begin('1', ASKED_AT_MS)).state,
    ),
  );
  expect(states.sort()).toEqual(['in-doubt', 'in-doubt', 'in-doubt', 'in-doubt', 'new']);
});

test('an attempt whose end nobody told leaves a doubt, with its time', async () => {
  const before = Date.now();
  await new ReplyMemory(bucket, async () => 0).begin('1', ASKED_AT_MS);
  const knowledge = await new ReplyMemory(bucket, async () => 0).begin('1', ASKED_AT_MS);
  if (knowledge.state !== 'in-doubt') throw new Error(`it is ${knowledge.state}`);
  expect(Math.abs(knowledge.sinceMs - before)).toBeLessThan(5_000);
});

test('a bucket made after the question was asked does not know whether it was answered before', async () => {
  const memory = ReplyMemory.open(bucket, connection);
  const askedAtMs = Date.now() - 300_000;
  expect(await memory.begin('1', askedAtMs)).toEqual({ state: 'in-doubt', sinceMs: askedAtMs });
  expect((await memory.begin('2', Date.now() + 300_000)).state).toBe('new');
});

test('a bucket that was lost and made again while this process lived does not know either', async () => {
  const memory = ReplyMemory.open(bucket, connection);
  const createdAtMs = Date.parse((await bucket.status()).streamInfo.created);
  // Past the margin of the first bucket, and within that of the second.
  expect((await memory.begin('1', createdAtMs + 6_000)).state).toBe('new');
  await nats.lose();
  await nats.restart();
  await until(() => Date.now() > createdAtMs + 1_500);
  await until(
    () =>
      open(60_000).then(
        () => true,
        () => false,
      ),
    'there is a bucket again',
  );
  expect((await memory.begin('2', createdAtMs + 6_001)).state).toBe('in-doubt');
});

test('an answer given is known to all, also after the process that gave it has ended', async () => {
  const memory = new ReplyMemory(bucket, async () => 0);
  await memory.begin('1', ASKED_AT_MS);
  await memory.finish('1');
  expect(await memory.begin('1', ASKED_AT_MS)).toEqual({ state: 'posted' });
  expect(await new ReplyMemory(bucket, async () => 0).begin('1', ASKED_AT_MS)).toEqual({
    state: 'posted',
  });
});

test('while NATS is away nothing is known, which is an error', async () => {
  await nats.kill();
  const outcome = await new ReplyMemory(bucket, async () => 0)
    .begin('1', ASKED_AT_MS)
    .catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
});

test('an existing bucket gets a new time to live', async () => {
  await open(120_000);
  const { config } = await (await connection.jetstreamManager()).streams.info('KV_ANSWERS');
  expect(config.max_age).toBe(nanos(120_000));
});
