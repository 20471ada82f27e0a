import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import {
  type ConnectionOptions,
  connect,
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';
import { BulkPublisher, type StreamMessage } from './bulk-publisher';

let nats: TestNats;
const connections: NatsConnection[] = [];
let manager: JetStreamManager;

async function open(options: Partial<ConnectionOptions> = {}): Promise<NatsConnection> {
  const connection = await connect({ servers: nats.url, ...options });
  connections.push(connection);
  return connection;
}

beforeEach(async () => {
  nats = await testNats();
  manager = await (await open({ maxReconnectAttempts: -1, reconnectTimeWait: 50 })).jetstreamManager();
  await manager.streams.add({
    name: 'S',
    subjects: ['s.*'],
    max_msgs: 1_000,
    discard: DiscardPolicy.New,
  });
});
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  await nats.stop();
});

const message = (id: number, subject = 's.a'): StreamMessage => ({
  subject,
  id: String(id),
  data: new TextEncoder().encode(`body ${id}`),
});
const range = (count: number) => Array.from({ length: count }, (_, index) => message(index));

async function inStream(): Promise<string[]> {
  const { state } = await manager.streams.info('S');
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const stored = await manager.streams.getMessage('S', { seq });
    expect(stored.string()).toBe(`body ${stored.header.get('Nats-Msg-Id')}`);
    ids.push(stored.header.get('Nats-Msg-Id'));
  }
  return ids;
}

/** Publishes and notes what was said to be stored; a problem is the last note. */
async function publish(publisher: BulkPublisher, messages: readonly StreamMessage[]): Promise<string[]> {
  const notes: string[] = [];
  await publisher
    .publish(messages, ({ id }, duplicate) => notes.push(duplicate ? `${id} again` : id))
    .catch((error: unknown) => notes.push(String(error)));
  return notes;
}

describe('a batch', () => {
  test('is stored in its order, each message once, and each is told', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    const ids = range(900).map(({ id }) => id);
    expect(await publish(publisher, range(900))).toEqual(ids);
    expect(await inStream()).toEqual(ids);
  });

  test('may be empty', async () => {
    expect(await publish(new BulkPublisher(await open(), 5_000, '_INBOX'), [])).toEqual([]);
  });

  test('tells what the stream had before', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    await publish(publisher, [message(1)]);
    expect(await publish(publisher, [message(1), message(2), message(2)])).toEqual([
      '1 again',
      '2',
      '2 again',
    ]);
    expect(await inStream()).toEqual(['1', '2']);
  });

  test('goes on beside others, and after them', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    const [first, second] = await Promise.all([
      publish(publisher, [message(1), message(2)]),
      publish(publisher, [message(3)]),
    ]);
    expect([first, second, await publish(publisher, [message(4)])]).toEqual([['1', '2'], ['3'], ['4']]);
    expect(await inStream()).toEqual(['1', '2', '3', '4']);
  });

  test('works where a user may listen to one inbox only', async () => {
    const connection = await open({ inboxPrefix: '_INBOX.mine' });
    const subjects: string[] = [];
    const others = await open();
    others.subscribe('_INBOX.mine.>', { callback: (_error, { subject }) => subjects.push(subject) });
    await others.flush();
    await publish(new BulkPublisher(connection, 5_000, '_INBOX.mine'), [message(1)]);
    await others.flush();
    expect(subjects).toHaveLength(1);
  });
});

describe('a batch of which a part is not stored', () => {
  test('for want of room, rejects with the reason, and the others are told as stored', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    await publish(publisher, range(999));
    const notes = await publish(publisher, [message(1_000), message(1_001), message(5)]);
    expect(notes).toEqual(['1000', '5 again', 'NatsError: maximum messages exceeded']);
    const refused: string[] = [];
    const publishing = publisher.publish(
      [message(1_001), message(5), message(1_002)],
      () => undefined,
      ({ id }) => refused.push(id),
    );
    await expect(publishing).rejects.toThrow('maximum messages exceeded');
    expect(refused).toEqual(['1001', '1002']);
  });

  test('because no stream listens to it, rejects', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    const notes = await publish(publisher, [message(1), message(2, 'elsewhere')]);
    expect(notes[0]).toBe('1');
    expect(notes[1]).toContain('503');
  });

  test('rejects when there is no word within the timeout, and a late word harms nothing', async () => {
    const publisher = new BulkPublisher(await open(), 200, '_INBOX');
    await nats.freeze();
    expect(await publish(publisher, [message(1), message(2)])).toEqual(['NatsError: TIMEOUT']);
    nats.resume();
    expect(await publish(publisher, [message(2), message(3)])).toEqual(['2 again', '3']);
    expect(await inStream()).toEqual(['1', '2', '3']);
  });

  test('rejects at once when the connection is closed', async () => {
    const connection = await open();
    const publisher = new BulkPublisher(connection, 60_000, '_INBOX');
    await nats.freeze();
    const notes = publish(publisher, [message(1)]);
    const closing = connection.close();
    nats.resume();
    expect((await notes).at(-1)).toContain('CONNECTION_CLOSED');
    await closing;
    expect(await publish(publisher, [message(2)])).toEqual(['NatsError: CONNECTION_CLOSED']);
  });

  test('rejects with what was thrown by who was told', async () => {
    const publisher = new BulkPublisher(await open(), 5_000, '_INBOX');
    const told: string[] = [];
    const publishing = publisher.publish([message(1), message(2)], ({ id }) => {
      told.push(id);
      if (id === '1') throw new Error('cannot ack');
    });
    await expect(publishing).rejects.toThrow('cannot ack');
    expect(told).toEqual(['1', '2']);
  });
});

test('goes on after the server was restarted', async () => {
  const connection = await open({ maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  const publisher = new BulkPublisher(connection, 1_000, '_INBOX');
  await publish(publisher, [message(1)]);
  await nats.restart();
  while ((await publish(publisher, [message(2)])).at(-1)?.startsWith('NatsError')) await Bun.sleep(50);
  expect(await publish(publisher, [message(1), message(3)])).toEqual(['1 again', '3']);
});
