import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { silentLog } from '@popple/shared/observability/log';
import { type TestNats, testNats } from '@popple/testing/nats';
import { until } from '@popple/testing/until';
import { connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { RecordWriter } from './record-writer';
import { SessionStore, SupersededError } from './session-record';

const SLOT = { shardCount: 1, shard: 0, replica: 0 };
const upTo = (watermark: string) => ({ session: null, watermark, away: {} });

let nats: TestNats;
let connection: NatsConnection;
let bucket: Bucket;
const open = async () =>
  await openBucket(connection.jetstream(), await connection.jetstreamManager(), BUCKETS.gateway, {
    ttlMs: 0,
    replicas: 1,
  });

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  bucket = await open();
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

/** A store that has read the slot's record, as who holds the slot has. */
async function holder(of: Bucket = bucket): Promise<SessionStore> {
  const store = new SessionStore(of);
  await store.read(SLOT);
  return store;
}

test('who held a slot before does not write over its successor', async () => {
  const before = await holder();
  await before.write(SLOT, upTo('1'));
  const after = await holder();
  await after.write(SLOT, upTo('3'));
  await expect(before.write(SLOT, upTo('2'))).rejects.toThrow(SupersededError);
  await after.write(SLOT, upTo('4'));
  expect((await after.read(SLOT))?.watermark).toBe('4');
});

test('what was known before NATS lost its volume is not written into the new bucket', async () => {
  const store = await holder();
  for (const watermark of ['1', '2', '3']) await store.write(SLOT, upTo(watermark));
  await nats.lose();
  await nats.restart();
  await until(async () => {
    bucket = await open().catch(() => bucket);
    return await store.write(SLOT, upTo('4')).then(
      () => true,
      (error) => error instanceof SupersededError,
    );
  }, 'there is a bucket again');
  expect(await new SessionStore(bucket).read(SLOT)).toBeUndefined();
});

test('a write that went through without its receipt is not taken for another one’s', async () => {
  let losesReceipt = false;
  const put = async (...parameters: Parameters<Bucket['put']>) => {
    const revision = await bucket.put(...parameters);
    if (losesReceipt) throw new NatsError('TIMEOUT', ErrorCode.Timeout);
    return revision;
  };
  const get = (key: string) => bucket.get(key);
  const store = await holder({ put, get } as unknown as Bucket);
  losesReceipt = true;
  await expect(store.write(SLOT, upTo('1'))).rejects.toThrow('TIMEOUT');
  losesReceipt = false;
  await store.write(SLOT, upTo('2'));
  await store.write(SLOT, upTo('3'));
  expect((await store.read(SLOT))?.watermark).toBe('3');
});

test('a superseded record is neither stored any more nor an error at the hand-over', async () => {
  const store = await holder();
  let watermark = '1';
  const writer = new RecordWriter({ store, slot: SLOT, log: silentLog(), record: () => upTo(watermark) });
  await writer.store();
  expect(writer.isSuperseded).toBe(false);
  await (await holder()).write(SLOT, upTo('5'));
  watermark = '2';
  await writer.store();
  expect(writer.isSuperseded).toBe(true);
  await writer.store();
  writer.stop();
  expect((await store.read(SLOT))?.watermark).toBe('5');
});
