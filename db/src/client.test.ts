import { afterAll, expect, test } from 'bun:test';
import { startTcpProxy } from '@popple/testing/tcp-proxy';
import type postgres from 'postgres';
import { type Database, openDatabase } from './client';
import { DatabaseDeadlineError, isTransient } from './errors';
import { openTestDatabase } from './testing/database';
import { listenAndClose } from './testing/listen-and-close';

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened) await close();
});

function open(url: string, deadlineMs?: number, maxConnections = 1): Database {
  const db = openDatabase({
    url,
    maxConnections,
    applicationName: 'popple-db-test',
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  opened.push(() => db.close());
  return db;
}

function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Resolves when `count` statements are in the middle of pg_sleep. */
async function untilAsleep(admin: postgres.Sql, count: number): Promise<void> {
  for (;;) {
    const rows = await admin`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    if (rows.length === count) return;
    await Bun.sleep(5);
  }
}

test('a session takes what reaches rows through an index, and compiles nothing', async () => {
  await using t = await openTestDatabase();
  for (const setting of ['enable_seqscan', 'enable_nestloop', 'jit']) {
    const [row] = await t.db.sql.unsafe(`SHOW ${setting}`);
    expect(row?.[setting]).toBe('off');
  }
});

test('bigint comes back as a decimal string, through SQL and through drizzle', async () => {
  await using t = await openTestDatabase();
  const rows = await t.db.run(({ sql }) => sql`SELECT 9223372036854775807::bigint AS big`);
  expect([...rows]).toEqual([{ big: '9223372036854775807' }]);
  await t.admin`INSERT INTO karma VALUES (9223372036854775807, 'x', 'X', -9223372036854775808)`;
  expect(await t.db.run(({ drizzle }) => drizzle.query.karma.findMany())).toEqual([
    { guildId: '9223372036854775807', subject: 'x', display: 'X', karma: '-9223372036854775808' },
  ]);
});

test('sessions carry their name, and give up a statement before the deadline passes', async () => {
  await using t = await openTestDatabase();
  const [row] = await t.db.run(
    ({ sql }) => sql`
      SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout`,
  );
  expect(row).toEqual({ name: 'popple-db-test', timeout: '8s' });
});

test('a statement that fails is not tried again', async () => {
  await using t = await openTestDatabase();
  let tries = 0;
  const error = await failureOf(
    t.db.run(({ sql }) => {
      tries += 1;
      return sql`SELECT pg_terminate_backend(pg_backend_pid())`;
    }),
  );
  expect(isTransient(error)).toBe(true);
  expect(tries).toBe(1);
});

test('after a connection was lost, the next statements soon get through', async () => {
  await using t = await openTestDatabase();
  await failureOf(t.db.run(({ sql }) => sql`SELECT pg_terminate_backend(pg_backend_pid())`));
  for (;;) {
    const error = await failureOf(t.db.run(({ sql }) => sql`SELECT 1`));
    if (error === undefined) break;
    expect(isTransient(error)).toBe(true);
  }
});

test('an error through drizzle is the error of the driver, without statement and parameters', async () => {
  await using t = await openTestDatabase();
  const error = await failureOf(t.db.run(({ drizzle }) => drizzle.execute('SELECT * FROM nowhere')));
  expect(error).toMatchObject({ code: '42P01' });
  expect(String(error)).not.toContain('SELECT');
});

test('a peer that vanished is noticed at the deadline, and once it is back statements go through', async () => {
  await using t = await openTestDatabase();
  await using proxy = await startTcpProxy({ target: t.url });
  const db = open(proxy.url, 500);
  await db.run(({ sql }) => sql`SELECT 1`, 10_000);
  proxy.blackhole();
  const error = await failureOf(db.run(({ sql }) => sql`SELECT 1`));
  expect(error).toBeInstanceOf(DatabaseDeadlineError);
  expect(isTransient(error)).toBe(true);
  await proxy.heal();
  await db.run(({ sql }) => sql`SELECT 1`, 10_000);
  await db.close();
});

test('a proxy that accepts and closes at once does not hold a statement indefinitely', async () => {
  await using proxy = await listenAndClose();
  const db = open(proxy.url, 500);
  const error = await failureOf(db.run(({ sql }) => sql`SELECT 1`));
  expect(error).toBeInstanceOf(DatabaseDeadlineError);
  await db.close();
});

test('closing waits for the statement in hand', async () => {
  await using t = await openTestDatabase();
  const db = open(t.url);
  const inHand = db.run(({ sql }) => sql`SELECT 'done' AS state FROM pg_sleep(0.3)`);
  await untilAsleep(t.admin, 1);
  await db.close();
  expect([...(await inHand)]).toEqual([{ state: 'done' }]);
});

test('closing ends although a connection was lost in the middle of a statement', async () => {
  await using t = await openTestDatabase();
  const db = open(t.url, undefined, 2);
  const lost = [1, 2].map(() => failureOf(db.run(({ sql }) => sql`SELECT pg_sleep(30)`)));
  await untilAsleep(t.admin, 2);
  await t.admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  expect((await Promise.all(lost)).map(isTransient)).toEqual([true, true]);
  await db.close();
});

test('a statement that waits for a lock does not hold up others while a connection is free', async () => {
  await using t = await openTestDatabase();
  const db = open(t.url, undefined, 2);
  await t.admin`INSERT INTO karma VALUES (1, 'x', 'x', 0)`;
  const holder = await t.admin.reserve();
  await holder`BEGIN`;
  await holder`SELECT FROM karma FOR UPDATE`;
  const waiting = db.run(({ sql }) => sql`UPDATE karma SET karma = 1`);
  await Promise.all([1, 2, 3].map(() => db.run(({ sql }) => sql`SELECT 1`)));
  await holder`ROLLBACK`;
  holder.release();
  await waiting;
});
