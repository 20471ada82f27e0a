import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/dev/testing/nats';
import type { Request } from '@popple/shared/contract/request';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { silentLog } from '@popple/shared/observability/log';
import { connect, type NatsConnection } from 'nats';
import { Outbox } from './outbox';

let nats: TestNats;
let connection: NatsConnection;

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  await ensureStreams(await connection.jetstreamManager(), {
    maxAgeMs: 600_000,
    maxBytes: 16_777_216,
    replicas: 1,
  });
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

const request = (id: number): Request => ({
  v: 1,
  id: String(id),
  guildId: '2',
  channelId: '3',
  userId: '4',
  kind: 'check-karma',
  subjects: [{ subject: 'alice', display: 'alice' }],
});

async function stored(): Promise<number[]> {
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(STREAMS.requests);
  const ids: number[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await manager.streams.getMessage(STREAMS.requests, { seq });
    ids.push(Number(message.json<Request>().id));
  }
  return ids;
}

const open = (capacity = 10_000) =>
  new Outbox({ publisher: new BulkPublisher(connection, 5_000), log: silentLog(), capacity });
const ids = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('requests reach the stream in order, and each is told when it has', async () => {
  const outbox = open();
  await Promise.all(ids(600).map((id) => outbox.add(request(id))));
  expect(outbox.size).toBe(0);
  expect(await stored()).toEqual(ids(600));
});

test('a request added twice is stored once, and both are told', async () => {
  const outbox = open();
  await Promise.all([outbox.add(request(1)), outbox.add(request(1))]);
  expect(await stored()).toEqual([1]);
});

test('while NATS is away nothing is lost, and the outbox says so; when it is back all leaves in order', async () => {
  const outbox = open(50);
  await outbox.add(request(1));
  await nats.kill();
  let told = 0;
  const waiting = ids(60).map((id) => outbox.add(request(id + 1)).then(() => (told += 1)));
  expect(outbox.isFull).toBe(true);
  while (outbox.problem === undefined) await Bun.sleep(50);
  expect(told).toBe(0);
  await nats.restart();
  await Promise.all(waiting);
  await outbox.emptied();
  expect(outbox.problem).toBeUndefined();
  expect(outbox.isFull).toBe(false);
  expect(await stored()).toEqual(ids(61));
});

test('a full stream refuses, the outbox keeps what it has and says why, and goes on when there is room', async () => {
  const manager = await connection.jetstreamManager();
  await manager.streams.update(STREAMS.requests, { max_bytes: 2_000 });
  const outbox = open();
  const waiting = ids(30).map((id) => outbox.add(request(id)));
  while (outbox.problem === undefined) await Bun.sleep(20);
  expect(outbox.problem).toContain('maximum bytes exceeded');
  expect(outbox.size).toBeGreaterThan(0);
  const before = await stored();
  expect(before[0]).toBe(1);
  await manager.streams.update(STREAMS.requests, { max_bytes: 16_777_216 });
  await Promise.all(waiting);
  expect((await stored()).toSorted((a, b) => a - b)).toEqual(ids(30));
});
