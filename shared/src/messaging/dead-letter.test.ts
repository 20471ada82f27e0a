import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import {
  connect,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  type NatsConnection,
  NatsError,
} from 'nats';
import { DEAD_HEADERS, type DeadCause, deadLetter } from './dead-letter';
import { DURABLES, ensureDurable, ensureStreams, STREAMS } from './topology';

const CAUSE: DeadCause = { origin: 'request', reason: 'not-json', detail: 'no { here' };
const SUBJECT = 'popple.request.change-karma.100';

let nats: TestNats;
let connection: NatsConnection;
let client: JetStreamClient;
let manager: JetStreamManager;

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
  client = connection.jetstream();
  manager = await connection.jetstreamManager();
  await prepare();
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

async function prepare(): Promise<void> {
  await ensureStreams(manager, { maxAgeMs: 3_600_000, maxBytes: 2 ** 20, replicas: 1 });
  await ensureDurable(manager, 'svc');
}

async function next(): Promise<JsMsg> {
  const message = await (await client.consumers.get(STREAMS.requests, DURABLES.svc)).next();
  if (message === null) throw new Error('nothing was delivered');
  return message;
}

async function unacked(): Promise<number> {
  await connection.flush();
  return (await manager.consumers.info(STREAMS.requests, DURABLES.svc)).num_ack_pending;
}

const letters = async () => (await manager.streams.info(STREAMS.dead)).state.messages;

describe('a dead letter', () => {
  test('says where it came from and why it died, and ends the delivery', async () => {
    await client.publish(SUBJECT, 'not json', { msgID: '17' });
    await deadLetter(client, await next(), { ...CAUSE, detail: 'wörd\nby a member' });
    expect(await unacked()).toBe(0);
    const letter = await manager.streams.getMessage(STREAMS.dead, { seq: 1 });
    expect(letter.string()).toBe('not json');
    expect(letter.subject).toStartWith('popple.dead.request.not-json.1-');
    const { at, ...about } = DEAD_HEADERS;
    expect(Object.fromEntries(Object.values(about).map((name) => [name, letter.header.get(name)]))).toEqual({
      'Popple-Reason': 'not-json',
      'Popple-Detail': 'w?rd?by a member',
      'Popple-Subject': SUBJECT,
      'Popple-Stream': STREAMS.requests,
      'Popple-Sequence': '1',
      'Popple-Deliveries': '1',
      'Popple-Id': '17',
    });
    expect(Math.abs(Date.now() - Date.parse(letter.header.get(at)))).toBeLessThan(60_000);
  });

  test('is there once when a consumer forgets how far it was, long after the duplicate window', async () => {
    await manager.streams.update(STREAMS.dead, { duplicate_window: 100_000_000 });
    await client.publish(SUBJECT, 'not json');
    await deadLetter(client, await next(), CAUSE);
    await Bun.sleep(300);
    await manager.consumers.delete(STREAMS.requests, DURABLES.svc);
    await ensureDurable(manager, 'svc');
    await deadLetter(client, await next(), CAUSE);
    expect(await letters()).toBe(1);
    expect(await unacked()).toBe(0);
  });

  test('is another one when the stream was made anew and counts from 1 again', async () => {
    for (const payload of ['one', 'two']) {
      await client.publish(SUBJECT, payload);
      await deadLetter(client, await next(), CAUSE);
      await manager.streams.delete(STREAMS.requests);
      await prepare();
    }
    expect(await letters()).toBe(2);
  });

  test('that cannot be stored leaves the message owed', async () => {
    await client.publish(SUBJECT, 'not json');
    const message = await next();
    await manager.streams.delete(STREAMS.dead);
    await expect(deadLetter(client, message, CAUSE)).rejects.toThrow(NatsError);
    expect(await unacked()).toBe(1);
  });
});
