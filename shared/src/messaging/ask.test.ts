import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import { connect, headers, type Msg, type NatsConnection } from 'nats';
import { QUERY_VERSION, type Query } from '../contract/query';
import { ask } from './ask';
import { querySubject } from './subjects';

const QUERY = {
  v: QUERY_VERSION,
  kind: 'find-subjects',
  guildId: '7',
  text: 'build',
  limit: 25,
} as const satisfies Query;
const FOUND = { v: QUERY_VERSION, kind: 'subjects-found', displays: ['Build', 'the build'] };
const DEADLINE_MS = 400;
/** What a busy machine may add. */
const PATIENCE_MS = 5_000;

let nats: TestNats;
let asking: NatsConnection;
let responding: NatsConnection;

beforeEach(async () => {
  nats = await testNats();
  asking = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  responding = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
});
afterEach(async () => {
  await asking.close();
  await responding.close();
  await nats.stop();
});

async function respondWith(respond: (message: Msg) => void): Promise<void> {
  const subject = querySubject('find-subjects');
  responding.subscribe(subject, { callback: (_error, message) => respond(message) });
  await responding.flush();
}

test('a response is read', async () => {
  await respondWith((message) => {
    expect(message.json<Query>()).toEqual(QUERY);
    message.respond(JSON.stringify(FOUND));
  });
  const asked = await ask(asking, QUERY, PATIENCE_MS);
  expect(asked).toEqual({ ok: true, response: { ...FOUND, kind: 'subjects-found', v: QUERY_VERSION } });
});

test('what a later release says beside is no harm', async () => {
  await respondWith((message) => message.respond(JSON.stringify({ ...FOUND, took: 3 })));
  expect(await ask(asking, QUERY, PATIENCE_MS)).toMatchObject({ ok: true });
});

test('nobody there is told from somebody who does not respond', async () => {
  expect(await ask(asking, QUERY, PATIENCE_MS)).toMatchObject({ ok: false, reason: 'no-responders' });
  await respondWith(() => {});
  expect(await ask(asking, QUERY, DEADLINE_MS)).toMatchObject({ ok: false, reason: 'timeout' });
});

test('a response that says it failed is one', async () => {
  await respondWith((message) => {
    const sent = headers();
    sent.set('Nats-Service-Error-Code', '500');
    sent.set('Nats-Service-Error', 'Postgres could not serve it');
    message.respond(undefined, { headers: sent });
  });
  expect(await ask(asking, QUERY, PATIENCE_MS)).toEqual({
    ok: false,
    reason: 'failed',
    detail: 'Postgres could not serve it',
  });
});

test.each([
  '',
  'nonsense',
  'null',
  '{}',
  JSON.stringify({ ...FOUND, v: QUERY_VERSION + 1 }),
  JSON.stringify({ ...FOUND, kind: 'something-else' }),
  JSON.stringify({ ...FOUND, displays: ['x\u0000'] }),
  JSON.stringify({ ...FOUND, displays: Array.from({ length: 26 }, () => 'x') }),
])('a response that is none is malformed: %s', async (payload) => {
  await respondWith((message) => message.respond(payload));
  expect(await ask(asking, QUERY, PATIENCE_MS)).toMatchObject({ ok: false, reason: 'malformed' });
});

test('while NATS is away it is a timeout; with a closed connection too', async () => {
  await nats.kill();
  expect(await ask(asking, QUERY, DEADLINE_MS)).toMatchObject({ ok: false, reason: 'timeout' });
  await asking.close();
  expect(await ask(asking, QUERY, DEADLINE_MS)).toMatchObject({ ok: false, reason: 'timeout' });
});
