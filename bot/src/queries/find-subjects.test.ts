import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { until } from '@popple/testing/until';
import { connect, type NatsConnection } from 'nats';
import postgres from 'postgres';
import { findSubjects } from './find-subjects';

const GUILD = '7';

let nats: TestNats;
let database: TestDatabase;
let connection: NatsConnection;
let svc: TestService;

beforeEach(async () => {
  [nats, database] = await Promise.all([testNats(), testDatabase()]);
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  await sql`INSERT INTO karma VALUES
    (${GUILD}, 'strasse', 'Straße', 3), (${GUILD}, 'the strasse', 'the strasse', 1), (${GUILD}, '<@5>', '<@5>', 1)`;
  await sql.end({ timeout: 5 });
  svc = await startService('svc', {
    NATS_URL: nats.url,
    DATABASE_URL: database.url,
    STREAM_MAX_BYTES: '67108864',
  });
  await svc.ready();
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
});
afterEach(async () => {
  await connection.close();
  await svc.stop();
  await nats.stop();
  await database.drop();
});

const find = (text: string, guildId = GUILD) => findSubjects(connection, { guildId, text });

/** A machine that is busy may miss the deadline; who types would type on. */
async function eventually(text: string, displays: readonly string[]): Promise<void> {
  let found: string[] = [];
  await until(async () => {
    found = await find(text);
    return found.length > 0;
  }, `${text} is found`);
  expect(found).toEqual([...displays]);
}

test('what a member typed is looked for as a subject is, whatever the spelling', async () => {
  const both = ['Straße', 'the strasse'];
  for (const text of ['stra', ' STRASSE ', 'Straße', 'traß', 'ＳＴＲＡ', 's\u200Btra'])
    await eventually(text, both);
  await eventually('the  st', ['the strasse']);
  await eventually('', both);
});

test('it is empty where nothing is found, for text that no subject has, and for a server that is none', async () => {
  await eventually('stra', ['Straße', 'the strasse']);
  expect(await find('xyz')).toEqual([]);
  expect(await find('x'.repeat(5_000))).toEqual([]);
  expect(await find('\ud800')).toEqual([]);
  expect(await find('stra', 'no server')).toEqual([]);
  expect(await find('stra', '8')).toEqual([]);
});

test('it is empty when svc is stopped, does not respond, or NATS is away', async () => {
  await eventually('stra', ['Straße', 'the strasse']);
  svc.kill('SIGSTOP');
  expect(await find('stra')).toEqual([]);
  svc.kill('SIGCONT');
  await eventually('stra', ['Straße', 'the strasse']);
  await svc.stop();
  expect(await find('stra')).toEqual([]);
  await nats.kill();
  expect(await find('stra')).toEqual([]);
  await connection.close();
  expect(await find('stra')).toEqual([]);
});
