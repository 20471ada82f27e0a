import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { silentLog } from '@popple/shared/observability/log';
import { type TestNats, testNats } from '@popple/testing/nats';
import { connect, type NatsConnection } from 'nats';
import { GuildShares, streamRoom } from './guild-shares';
import { Outbox, type Stored } from './outbox';

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

const envelope = (id: number) => messageEnvelope({ id: String(id), guildId: '2' });
const request = (id: number): Request => ({
  ...envelope(id),
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
  new Outbox({ publisher: new BulkPublisher(connection, 5_000, '_INBOX'), log: silentLog(), capacity });
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
  // Ten requests and a little. nats-server before 2.9.24 and 2.10.5 forgets the oldest instead of refusing when the payload
  // would fit and its frame would not (nats-io/nats-server#4771).
  await manager.streams.update(STREAMS.requests, { max_bytes: 2_710 });
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

describe('servers that share the streams', () => {
  const of = (guildId: string, id: number, length = 100): Request => ({
    ...envelope(id),
    guildId,
    kind: 'check-karma',
    subjects: Array.from({ length: Math.ceil(length / 100) }, (_, index) => {
      const name = `${index} ${'x'.repeat(100)}`;
      return { subject: name, display: name };
    }),
  });
  const storedOf = async (guildId: string) => {
    const manager = await connection.jetstreamManager();
    const filter = { subjects_filter: `popple.request.*.${guildId}` };
    const { subjects = {} } = (await manager.streams.info(STREAMS.requests, filter)).state;
    return Object.values(subjects).reduce((sum, count) => sum + count, 0);
  };
  async function openSharing(options: Partial<ConstructorParameters<typeof Outbox>[0]> = {}) {
    const manager = await connection.jetstreamManager();
    const publisher = new BulkPublisher(connection, 5_000, '_INBOX');
    const shares = new GuildShares({ room: streamRoom(manager), log: silentLog(), maxAgeMs: 600_000 });
    return new Outbox({ publisher, log: silentLog(), capacity: 1_000, shares, ...options });
  }

  test('one that floods gets half, and what others ask goes past what waits, in order', async () => {
    const manager = await connection.jetstreamManager();
    await manager.streams.update(STREAMS.requests, { max_bytes: 300_000 });
    const outbox = await openSharing({ capacity: 20_000 });
    const outcomes: Promise<Stored>[] = [];
    for (const id of ids(1_500)) outcomes.push(outbox.add(of('666', id)));
    await outbox.emptied();
    const kept = await storedOf('666');
    expect(kept).toBeWithin(200, 1_200);
    // More than one window of what cannot leave is in front.
    expect(outbox.size).toBe(1_500 - kept);
    expect(outbox.size).toBeGreaterThan(256);
    for (const id of ids(50)) expect(await outbox.add(of('7', 10_000 + id))).toBe('stored');
    expect(await storedOf('7')).toBe(50);
    expect([outbox.isFull, outbox.problem]).toEqual([false, undefined]);
    // Room comes back: all of it leaves, each once, in its order.
    await manager.streams.update(STREAMS.requests, { max_bytes: 16_777_216 });
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set<Stored>(['stored']));
    expect((await stored()).filter((id) => id < 10_000)).toEqual(ids(1_500));
  }, 120_000);

  test('past its bounds it is refused, it alone, and is told so', async () => {
    const manager = await connection.jetstreamManager();
    await manager.streams.update(STREAMS.requests, { max_bytes: 100_000 });
    const outbox = await openSharing({ heldMaxMs: 1_500 });
    const outcomes: Stored[] = [];
    const note = (outcome: Stored) => outcomes.push(outcome);
    const flood = ids(600).map((id) => outbox.add(of('666', id)).then(note));
    await outbox.emptied();
    const refused = () => outcomes.filter((outcome) => outcome === 'refused').length;
    // A twentieth of the capacity may wait once it is known that the share is used up.
    const later = ids(100).map((id) => outbox.add(of('666', 1_000 + id)).then(note));
    await Bun.sleep(0);
    expect(refused()).toBeGreaterThanOrEqual(50);
    expect(await outbox.add(of('7', 5_000))).toBe('stored');
    // The rest waits for its time, and then is told too: nothing is forgotten in silence.
    await Promise.all([...flood, ...later]);
    expect(outcomes).toHaveLength(700);
    expect(await storedOf('666')).toBe(700 - refused());
    expect(outbox.size).toBe(0);
  }, 120_000);

  test('one of which the stream refuses a request does not hold up the others', async () => {
    const manager = await connection.jetstreamManager();
    await manager.streams.update(STREAMS.requests, { max_msg_size: 600 });
    const outbox = open();
    const large = ids(300).map((id) => outbox.add(of('666', id, 600)));
    while (outbox.problem === undefined) await Bun.sleep(20);
    for (const id of ids(20)) await outbox.add(of('7', 1_000 + id));
    expect([await storedOf('7'), await storedOf('666'), outbox.size]).toEqual([20, 0, 300]);
    await manager.streams.update(STREAMS.requests, { max_msg_size: -1 });
    await Promise.all(large);
    expect((await stored()).filter((id) => id <= 300)).toEqual(ids(300));
    expect(outbox.problem).toBeUndefined();
  }, 120_000);
});
