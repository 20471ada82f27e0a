import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { openDatabase } from '@popple/db/client';
import type { Judge } from '@popple/db/judging';
import { migrate } from '@popple/db/migrate';
import { adjust } from '@popple/db/queries/adjust';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { block, unblock } from '@popple/db/queries/block';
import { changeSetting } from '@popple/db/queries/change-setting';
import { checkHistory } from '@popple/db/queries/check-history';
import { findMissingIds } from '@popple/db/queries/find-missing-ids';
import { findSubjects } from '@popple/db/queries/find-subjects';
import { makeJournalMonths } from '@popple/db/queries/make-journal-months';
import { merge } from '@popple/db/queries/merge';
import { ping } from '@popple/db/queries/ping';
import { pruneCounters } from '@popple/db/queries/prune-counters';
import { pruneLedger } from '@popple/db/queries/prune-ledger';
import { readAudit } from '@popple/db/queries/read-audit';
import { remove } from '@popple/db/queries/remove';
import { undo } from '@popple/db/queries/undo';
import { undoAll } from '@popple/db/queries/undo-all';
import { undoDeleted } from '@popple/db/queries/undo-deleted';
import { undoRequest as undoAnyRequest } from '@popple/db/queries/undo-request';
import { countEach, wantEach } from '@popple/db/testing/judges';
import {
  changeAnnounce as announceRequest,
  changeKarma,
  checkHistory as checkHistoryRequest,
  moderate,
  undoDeleted as undoDeletedRequest,
  undo as undoRequest,
} from '@popple/db/testing/requests';
import { emptyTestDatabase } from '@popple/testing/postgres';
import type postgres from 'postgres';
import {
  type DatabaseWithRoles,
  databaseWithRoles,
  dropRoles,
  openSql,
  ownRoles,
  urlAs,
} from '../testing/database-with-roles';
import { changeOwnPassword, ensureRoles } from './roles';
import { scramVerifier } from './scram';

let database: DatabaseWithRoles;
let admin: postgres.Sql;
let owner: postgres.Sql;
let svc: postgres.Sql;

beforeAll(async () => {
  database = await databaseWithRoles();
  await migrate(database.url('migrate'));
  admin = openSql(database.adminUrl);
  owner = openSql(database.url('migrate'));
  svc = openSql(database.url('svc'));
});
afterAll(async () => {
  for (const sql of [admin, owner, svc]) await sql.end({ timeout: 5 });
  await database.drop();
});

/** The SQLSTATE with which Postgres refuses a statement; undefined when it takes it. */
async function refusal(sql: postgres.Sql, statement: string): Promise<string | undefined> {
  try {
    await sql.unsafe(statement);
    return undefined;
  } catch (error) {
    return (error as postgres.PostgresError).code;
  }
}

const INSUFFICIENT_PRIVILEGE = '42501';
const WRONG_PASSWORD = '28P01';

describe('svc', () => {
  test('reads and writes rows', async () => {
    await svc`INSERT INTO karma (guild_id, subject, display, karma) VALUES (1, 'a', 'A', 1)`;
    await svc`UPDATE karma SET karma = karma + 1 WHERE subject = 'a'`;
    const rows = await svc`SELECT karma::text FROM karma`;
    expect([...rows]).toEqual([{ karma: '2' }]);
    await svc`SELECT * FROM ledger, setting`;
    await svc`UPDATE setting SET value = 'false', request_id = '2', at = now()`;
    await svc`DELETE FROM ledger`;
  });

  test.each([
    'DELETE FROM karma',
    'DELETE FROM setting',
    "UPDATE karma SET subject = 'mine'",
    "UPDATE karma SET display = 'mine'",
    'UPDATE karma SET guild_id = 2',
    'UPDATE setting SET guild_id = 2',
    "UPDATE ledger SET request_id = '2'",
    "UPDATE ledger SET answer = '{}'",
    "UPDATE subject_name SET subject = 'mine'",
    'DELETE FROM subject_name',
    'DELETE FROM journal',
    'UPDATE journal SET delta = 1',
    'DELETE FROM undone',
    "UPDATE undone SET request_id = '1'",
    'DELETE FROM journal_months.other',
    'SELECT FROM journal_months.other',
    'DROP TABLE journal_months.other',
    'DELETE FROM cooldown',
    'UPDATE cooldown SET giver_id = 1',
    'UPDATE counter SET period = now()',
    'DELETE FROM exclusion',
    'UPDATE exclusion SET user_id = 1',
    'DELETE FROM audit',
    "UPDATE audit SET reason = 'mine'",
    'CREATE OR REPLACE FUNCTION take_karma(bigint, text) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
    'CREATE OR REPLACE FUNCTION make_journal_months() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  ])('cannot %s', async (statement) => {
    expect(await refusal(svc, statement)).toBe(INSUFFICIENT_PRIVILEGE);
  });

  test('does all its work', async () => {
    const db = openDatabase({ url: database.url('svc'), maxConnections: 2, applicationName: 'popple-svc' });
    await ping(db);
    const change = changeKarma({ worked: 2 });
    const count: Judge = (requests) => ({
      wanted: wantEach(requests),
      decide: ({ givers, pairs }) => countEach(requests, (pairs[0]?.version ?? 0) + 1, (givers[0] ?? 0) + 1),
    });
    for (const request of [change, changeKarma({ worked: 3 })])
      expect((await applyKarma(db, [request], count)).size).toBe(1);
    expect(await pruneCounters(db, { beforeMs: Date.now(), limit: 100 })).toBe(1);
    expect(await makeJournalMonths(db)).toBeLessThan(2);
    for (const announce of [true, false]) await changeSetting(db, [announceRequest(announce)]);
    const page = await checkHistory(db, [checkHistoryRequest({ side: 'given', refusals: true })]);
    expect([...page.values()].map(({ entries }) => entries.length)).toEqual([2]);
    const [deleted, mistake] = [changeKarma({ mistake: 1 }), changeKarma({ mistake: 1 })];
    await applyKarma(db, [deleted, mistake]);
    const undone = await undo(db, [undoRequest()]);
    expect([...undone.values()].map(({ answer }) => answer.undoes)).toEqual([mistake.id]);
    const erased = await undoDeleted(db, [undoDeletedRequest(deleted)]);
    expect([...erased.values()].map(({ answer }) => answer.undoes)).toEqual([deleted.id]);
    expect([...(await findMissingIds(db, [change.id, '1']))]).toEqual(['1']);
    await adjust(db, [moderate.adjust('gone', 1), moderate.adjust('typo', 1)]);
    await block(db, [moderate.block('300')]);
    await unblock(db, [moderate.unblock('300')]);
    await merge(db, [moderate.merge('typo', 'gone')]);
    expect([...(await remove(db, [moderate.remove('gone')])).values()]).toMatchObject([
      { answer: { karma: '2' } },
    ]);
    const spam = changeKarma({ spam: 1 }, { userId: '666' });
    await applyKarma(db, [spam]);
    await undoAnyRequest(db, [moderate.undoRequest(spam.id)]);
    await undoAll(db, [moderate.undoAll('666', 0)]);
    expect(await readAudit(db, { guildId: change.guildId, limit: 100 })).toHaveLength(8);
    expect(await pruneLedger(db, { beforeMs: Date.now(), limit: 100 })).toBe(17);
    expect(await findSubjects(db, { guildId: change.guildId, text: 'work', limit: 25 })).toEqual(['worked']);
    await db.close();
    const rows = await admin`SELECT karma::text FROM karma WHERE subject = 'worked'`;
    expect([...rows]).toEqual([{ karma: '5' }]);
  });

  test('sees which migrations were applied', async () => {
    const rows = await svc`SELECT FROM drizzle.__drizzle_migrations`;
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each([
    'CREATE TABLE mine (a int)',
    'CREATE TEMPORARY TABLE mine (a int)',
    'CREATE SCHEMA mine',
    'CREATE INDEX ON karma (karma)',
    'ALTER TABLE karma ADD COLUMN mine int',
    'ALTER TABLE karma DISABLE TRIGGER ALL',
    'DROP TABLE karma',
    'TRUNCATE ledger',
    "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('x', 1)",
    'DELETE FROM drizzle.__drizzle_migrations',
    'CREATE ROLE mine',
    'CREATE DATABASE mine',
    'SELECT rolpassword FROM pg_authid',
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY karma FROM PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
    'ALTER SYSTEM SET fsync = off',
  ])('cannot %s', async (statement) => {
    expect(await refusal(svc, statement)).toBe(INSUFFICIENT_PRIVILEGE);
  });

  test('cannot become migrate', async () => {
    expect(await refusal(svc, `SET ROLE ${database.roles.migrate.name}`)).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await refusal(svc, `ALTER ROLE ${database.roles.migrate.name} PASSWORD 'x'`)).toBe(
      INSUFFICIENT_PRIVILEGE,
    );
  });

  test('may use what a later migration makes', async () => {
    await owner`CREATE TABLE later (id serial PRIMARY KEY, a int)`;
    await svc`SELECT * FROM later`;
    expect(await refusal(svc, 'DROP TABLE later')).toBe(INSUFFICIENT_PRIVILEGE);
    await owner`DROP TABLE later`;
  });
});

describe('migrate', () => {
  test('owns the schema', async () => {
    await owner`CREATE TABLE mine (a int)`;
    await owner`DROP TABLE mine`;
    expect((await migrate(database.url('migrate'))).applied).toEqual([]);
  });

  test.each(['CREATE ROLE mine', 'CREATE DATABASE mine', 'SELECT rolpassword FROM pg_authid'])(
    'cannot %s',
    async (statement) => {
      expect(await refusal(owner, statement)).toBe(INSUFFICIENT_PRIVILEGE);
    },
  );
});

test('others may not even connect', async () => {
  const name = `stranger_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
  const stranger = openSql(urlAs(database.adminUrl, { name, password: 'x' }));
  expect(await refusal(stranger, 'SELECT 1')).toBe(INSUFFICIENT_PRIVILEGE);
  await stranger.end({ timeout: 5 });
  await admin.unsafe(`DROP ROLE ${name}`);
});

describe('ensureRoles', () => {
  test('run again it takes back what was given by hand, keeps the rows, and sets new passwords', async () => {
    const verifiers = () =>
      admin`SELECT rolpassword FROM pg_authid WHERE rolname = ${database.roles.svc.name}`.then(
        ([row]) => row?.rolpassword as string,
      );
    await svc`INSERT INTO setting (guild_id, key, value, request_id, at) VALUES (7, 'announce', 'true', '1', now())`;
    await admin`GRANT CREATE ON SCHEMA public TO PUBLIC`;
    await admin.unsafe(`GRANT ALL ON karma, ledger TO ${database.roles.svc.name}`);
    const before = await verifiers();
    await ensureRoles(admin, { ...database.roles, svc: { ...database.roles.svc, password: 'another' } });
    expect(await refusal(svc, 'CREATE TABLE mine (a int)')).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await refusal(svc, 'DELETE FROM karma')).toBe(INSUFFICIENT_PRIVILEGE);
    expect(await refusal(svc, 'TRUNCATE ledger')).toBe(INSUFFICIENT_PRIVILEGE);
    expect((await svc`SELECT FROM setting WHERE guild_id = 7`).length).toBe(1);
    const after = await verifiers();
    expect(after).not.toBe(before);
    const salt = Buffer.from(/:([^$]+)\$/.exec(after)?.[1] ?? '', 'base64');
    expect(after).toBe(scramVerifier('another', salt));
    const renewed = openSql(urlAs(database.adminUrl, { ...database.roles.svc, password: 'another' }));
    expect(await refusal(renewed, 'SELECT 1')).toBeUndefined();
    await renewed.end({ timeout: 5 });
    const late = openSql(database.url('svc'));
    expect(await refusal(late, 'SELECT 1')).toBe(WRONG_PASSWORD);
    await late.end({ timeout: 5 });
  });

  test('works for an administrator who is no superuser, as managed servers have', async () => {
    const empty = await emptyTestDatabase();
    const name = `manager_${randomBytes(6).toString('hex')}`;
    const roles = ownRoles();
    await admin.unsafe(`CREATE ROLE ${name} LOGIN CREATEROLE CREATEDB PASSWORD 'x'`);
    await admin.unsafe(`ALTER DATABASE ${empty.name} OWNER TO ${name}`);
    const manager = openSql(urlAs(empty.url, { name, password: 'x' }));
    await ensureRoles(manager, roles);
    await ensureRoles(manager, roles);
    expect((await migrate(urlAs(empty.url, roles.migrate))).applied.length).toBeGreaterThan(0);
    const worker = openSql(urlAs(empty.url, roles.svc));
    await worker`SELECT FROM karma`;
    expect(await refusal(worker, 'TRUNCATE karma')).toBe(INSUFFICIENT_PRIVILEGE);
    for (const sql of [manager, worker]) await sql.end({ timeout: 5 });
    await empty.drop();
    await dropRoles(empty.url, [roles.migrate.name, roles.svc.name, name]);
  });
});

test('a verifier is what Postgres itself makes of the password', async () => {
  const name = `verifier_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'correct horse'`);
  const [row] = await admin`SELECT rolpassword FROM pg_authid WHERE rolname = ${name}`;
  const own: string = row?.rolpassword;
  const salt = Buffer.from(/:([^$]+)\$/.exec(own)?.[1] ?? '', 'base64');
  expect(scramVerifier('correct horse', salt)).toBe(own);
  await admin.unsafe(`DROP ROLE ${name}`);
});

test('an administrator changes its own password', async () => {
  const name = `admin_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`CREATE ROLE ${name} LOGIN SUPERUSER PASSWORD 'old'`);
  const own = openSql(urlAs(database.adminUrl, { name, password: 'old' }));
  await changeOwnPassword(own, 'new');
  const [row] = await admin`SELECT rolpassword FROM pg_authid WHERE rolname = ${name}`;
  const salt = Buffer.from(/:([^$]+)\$/.exec(row?.rolpassword)?.[1] ?? '', 'base64');
  expect(row?.rolpassword).toBe(scramVerifier('new', salt));
  await own.end({ timeout: 5 });
  await admin.unsafe(`DROP ROLE ${name}`);
});
