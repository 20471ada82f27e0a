import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { Request } from '@popple/shared/contract/request';
import { exampleRequests } from '@popple/shared/contract/testing/examples';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { type TestNats, testNats } from '@popple/testing/nats';
import { connect, type NatsConnection } from 'nats';
import { INTERACTION_TOKEN_MS, InteractionStore } from './interaction-store';

let nats: TestNats;
let connection: NatsConnection;
let bucket: Bucket;
beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
  bucket = await openBucket(
    connection.jetstream(),
    await connection.jetstreamManager(),
    BUCKETS.interactions,
    { ttlMs: INTERACTION_TOKEN_MS, replicas: 1 },
  );
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

const request: Request = exampleRequests['check-board'];
const pending = { applicationId: '7', token: 'secret', request };

test('what one bot keeps, another finds pending until it is forgotten, and its token for longer', async () => {
  const [one, other] = [new InteractionStore(bucket, 'one'), new InteractionStore(bucket, 'other')];
  const key = one.takeKey();
  await one.keep(key, pending);
  expect(await other.pending()).toEqual([{ key, ...pending }]);
  await other.forget(key);
  expect(await one.pending()).toEqual([]);
  expect(await other.token(request.id)).toBe('secret');
  expect(await other.token('9')).toBeUndefined();
});

test('a key is used again when it is free, and by nobody else', async () => {
  const [one, other] = [new InteractionStore(bucket, 'one'), new InteractionStore(bucket, 'other')];
  const [first, second] = [one.takeKey(), one.takeKey()];
  expect(second).not.toBe(first);
  await other.forget(first);
  expect([other.takeKey(), one.takeKey()]).not.toContain(first);
  await one.forget(second);
  expect(one.takeKey()).toBe(second);
});

test('what cannot be read is left to bots of another release', async () => {
  const store = new InteractionStore(bucket, 'one');
  await bucket.put('pending.other.1', 'no JSON');
  await bucket.put('pending.other.2', '{}');
  await store.keep(store.takeKey(), pending);
  expect(await store.pending()).toHaveLength(1);
});

test('without a bucket nothing is kept, and nothing is found', async () => {
  const store = new InteractionStore(undefined, 'one');
  await expect(store.keep(store.takeKey(), pending)).rejects.toThrow('there is no bucket');
  expect(await store.pending()).toEqual([]);
  expect(await store.token('1')).toBeUndefined();
});
