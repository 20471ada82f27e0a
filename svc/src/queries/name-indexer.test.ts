import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type Database, openDatabase } from '@popple/db/client';
import { findSubjects } from '@popple/db/queries/find-subjects';
import { silentLog } from '@popple/shared/observability/log';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import postgres from 'postgres';
import { NameIndexer } from './name-indexer';

const GUILD = '7';
const MANY = 30_000;

let database: TestDatabase;
let db: Database;
let sql: postgres.Sql;
let stop: AbortController;

beforeEach(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.url, maxConnections: 2, applicationName: 'popple-svc-test' });
  sql = postgres(database.url, { max: 2, onnotice: () => {} });
  stop = new AbortController();
  await sql`
    INSERT INTO karma SELECT ${GUILD}::bigint, 'name ' || n, 'Name ' || n, 5 FROM generate_series(1, ${MANY}) AS n`;
  await sql`INSERT INTO karma VALUES (${GUILD}, 'zz gizmo', 'ZZ Gizmo', 1), ('8', 'gizmo', 'Gizmo', 1)`;
});
afterEach(async () => {
  await db.close();
  await sql.end({ timeout: 5 });
  await database.drop();
});

const indexer = (statementsEndWithinMs = 0) =>
  new NameIndexer({ database: db, log: silentLog(), signal: stop.signal, statementsEndWithinMs });
const find = () => findSubjects(db, { guildId: GUILD, text: 'gizmo', limit: 25 });
const indexed = async () => (await sql`SELECT FROM subject_name`).length;

test('a large server has its index after a search, and a small one needs none', async () => {
  expect(await find()).toEqual([]);
  const names = indexer();
  names.consider('8');
  names.consider(GUILD);
  names.consider(GUILD);
  await names.finished();
  expect(await find()).toEqual(['ZZ Gizmo']);
  expect(await indexed()).toBe(MANY + 1);
  expect([...(await sql`SELECT guild_id, is_complete FROM name_index`)]).toEqual([
    { guild_id: GUILD, is_complete: true },
  ]);
});

test('statements that had begun before are waited for: none of their names is missing', async () => {
  const names = indexer(2_000);
  let began = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    began = resolve;
  });
  const old = sql.begin(async (held) => {
    // Its trigger sees no entry of the server.
    await held`INSERT INTO karma VALUES (${GUILD}, 'zz old gizmo', 'Old Gizmo', 1)`;
    names.consider(GUILD);
    began();
    await Bun.sleep(500);
  });
  await hasBegun;
  await old;
  await names.finished();
  expect(await find()).toEqual(['ZZ Gizmo', 'Old Gizmo']);
});

test('ended in the middle, another goes on', async () => {
  const names = indexer(60_000);
  names.consider(GUILD);
  await Bun.sleep(200);
  stop.abort();
  await names.finished();
  expect(await indexed()).toBe(0);
  stop = new AbortController();
  const other = indexer();
  other.consider(GUILD);
  await other.finished();
  expect(await find()).toEqual(['ZZ Gizmo']);
});
