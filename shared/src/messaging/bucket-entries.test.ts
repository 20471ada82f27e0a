import { afterAll, beforeAll, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import { connect, type NatsConnection } from 'nats';
import { type Bucket, listable } from './bucket-entries';

let nats: TestNats;
let connection: NatsConnection;

beforeAll(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});

async function bucketNamed(name: string, ttl = 0): Promise<Bucket> {
  const bucket = await connection.jetstream().views.kv(name, { ttl });
  return listable(bucket, await connection.jetstreamManager(), name);
}

const sorted = (keys: { key: string }[]) => keys.map(({ key }) => key).sort();

test('lists what matches, with values and revisions, and nothing that was deleted', async () => {
  const bucket = await bucketNamed('listed');
  expect(await bucket.entries('>')).toEqual([]);
  await bucket.put('slot.1', 'a');
  const revision = await bucket.put('slot.1', 'ä');
  await bucket.put('bot.1', '');
  await bucket.put('bot.2', 'c');
  await bucket.delete('bot.2');
  await bucket.put('bot.3', 'c');
  await bucket.purge('bot.3');
  expect(await bucket.entries('slot.>')).toEqual([{ key: 'slot.1', value: 'ä', revision }]);
  expect(sorted(await bucket.entries('>'))).toEqual(['bot.1', 'slot.1']);
});

test('forgets what expired', async () => {
  const bucket = await bucketNamed('expiring', 1_000);
  await bucket.put('a', '1');
  expect(sorted(await bucket.entries('>'))).toEqual(['a']);
  while ((await bucket.get('a')) !== null) await Bun.sleep(50);
  expect(await bucket.entries('>')).toEqual([]);
});

test('needs no consumer', async () => {
  const bucket = await bucketNamed('consumerless');
  await bucket.put('a', '1');
  const created: string[] = [];
  const watch = connection.subscribe('$JS.API.CONSUMER.>', {
    callback: (_error, { subject }) => created.push(subject),
  });
  await connection.flush();
  expect(await bucket.entries('>')).toHaveLength(1);
  await connection.flush();
  watch.unsubscribe();
  expect(created).toEqual([]);
});

test('lists a whole fleet of entries', async () => {
  const bucket = await bucketNamed('large');
  const keys = Array.from({ length: 150 }, (_, index) => `session.${index}`);
  await Promise.all(keys.map((key) => bucket.put(key, key)));
  expect(sorted(await bucket.entries('session.*'))).toEqual(keys.sort());
});
