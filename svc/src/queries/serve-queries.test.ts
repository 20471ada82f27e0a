import { afterEach, beforeEach, expect, test } from 'bun:test';
import { QUERY_VERSION, type Query } from '@popple/shared/contract/query';
import { ask } from '@popple/shared/messaging/ask';
import { querySubject } from '@popple/shared/messaging/subjects';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { startTcpProxy, type TcpProxy } from '@popple/testing/tcp-proxy';
import { until } from '@popple/testing/until';
import { connect, type NatsConnection, ServiceError } from 'nats';
import postgres from 'postgres';

const GUILD = '7';
/** What a busy machine may add to a response. */
const PATIENCE_MS = 10_000;
const find = (text: string, limit = 25) =>
  ({ v: QUERY_VERSION, kind: 'find-subjects', guildId: GUILD, text, limit }) as const satisfies Query;

let nats: TestNats;
let database: TestDatabase;
let databaseProxy: TcpProxy;
let sql: postgres.Sql;
let connection: NatsConnection;
const parts: TestService[] = [];

beforeEach(async () => {
  [nats, database] = await Promise.all([testNats(), testDatabase()]);
  databaseProxy = await startTcpProxy({ target: database.url });
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await sql`INSERT INTO karma VALUES
    (${GUILD}, 'the build', 'The Build', 3), (${GUILD}, 'builder', 'Builder', -1), ('8', 'build', 'Build', 1)`;
});
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
  await connection.close();
  await sql.end({ timeout: 5 });
  await databaseProxy.stop();
  await nats.stop();
  await database.drop();
});

async function startSvc(): Promise<TestService> {
  const part = await startService('svc', {
    NATS_URL: nats.url,
    DATABASE_URL: databaseProxy.url,
    STREAM_MAX_BYTES: '67108864',
  });
  parts.push(part);
  await part.ready();
  return part;
}

async function counted(part: TestService, outcome: string): Promise<number> {
  const metrics = await (await fetch(`${part.url}/metrics`)).text();
  const line = new RegExp(
    `^popple_svc_queries_total\\{kind="find-subjects",outcome="${outcome}"\\} (\\d+)$`,
    'm',
  ).exec(metrics);
  return Number(line?.[1] ?? 0);
}

test('svc finds the subjects of a server', async () => {
  const svc = await startSvc();
  expect(await ask(connection, find('build'), PATIENCE_MS)).toEqual({
    ok: true,
    response: { v: QUERY_VERSION, kind: 'subjects-found', displays: ['Builder', 'The Build'] },
  });
  expect(await ask(connection, find('nothing'), PATIENCE_MS)).toMatchObject({
    ok: true,
    response: { displays: [] },
  });
  expect(await counted(svc, 'served')).toBe(2);
});

test('workers share the queries, and one that stops finishes those in hand', async () => {
  const [first, second] = [await startSvc(), await startSvc()];
  const askMany = () =>
    Promise.all(Array.from({ length: 40 }, () => ask(connection, find('build'), PATIENCE_MS)));
  let answered = 0;
  await until(async () => {
    // Few at a time: more than a worker may have in hand are refused.
    const asked = (await askMany()).filter(({ ok }) => ok);
    answered += asked.length;
    return (await counted(first, 'served')) > 0 && (await counted(second, 'served')) > 0;
  }, 'both workers have served');
  expect((await counted(first, 'served')) + (await counted(second, 'served'))).toBe(answered);
  const last = Array.from({ length: 10 }, () => ask(connection, find('build'), PATIENCE_MS));
  const stopping = first.stop();
  for (const asked of await Promise.all(last)) expect(asked.ok).toBe(true);
  await stopping;
  expect((await ask(connection, find('build'), PATIENCE_MS)).ok).toBe(true);
});

test.each([
  'nonsense',
  '{}',
  JSON.stringify({ ...find('x'), v: QUERY_VERSION + 1 }),
  JSON.stringify({ ...find('x'), guildId: 'x' }),
  JSON.stringify({ ...find('x'), limit: 26 }),
  JSON.stringify({ ...find('x'), limit: 0 }),
  JSON.stringify({ ...find('x\u0000') }),
])('what is no query has an error for a response: %s', async (payload) => {
  const svc = await startSvc();
  const response = await connection.request(querySubject('find-subjects'), payload, { timeout: PATIENCE_MS });
  expect(ServiceError.toServiceError(response)?.code).toBe(400);
  expect(await counted(svc, 'malformed')).toBe(1);
});

test.each(['refuse', 'blackhole'] as const)(
  'while Postgres is away (%s) queries fail, and are served again when it is back',
  async (fault) => {
    const svc = await startSvc();
    expect((await ask(connection, find('build'), PATIENCE_MS)).ok).toBe(true);
    await databaseProxy[fault]();
    databaseProxy.cut();
    expect(await ask(connection, find('build'), PATIENCE_MS)).toMatchObject({ ok: false, reason: 'failed' });
    expect(await counted(svc, 'failed')).toBe(1);
    await databaseProxy.heal();
    await until(
      async () => (await ask(connection, find('build'), PATIENCE_MS)).ok,
      'queries are served again',
    );
  },
);

test('a query that waits too long in Postgres is given up, and holds up no request', async () => {
  const svc = await startSvc();
  await sql.begin(async (held) => {
    await held`LOCK TABLE subject_name IN ACCESS EXCLUSIVE MODE`;
    expect(await ask(connection, find('build'), PATIENCE_MS)).toMatchObject({ ok: false, reason: 'failed' });
    expect(await svc.readiness()).toMatchObject({ ready: true });
  });
  expect((await ask(connection, find('build'), PATIENCE_MS)).ok).toBe(true);
});
