import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { OperatorError } from '@popple/shared/process/operator-error';
import { emptyTestDatabase, ownPostgres, type TestDatabase } from '@popple/testing/postgres';
import { startTcpProxy } from '@popple/testing/tcp-proxy';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { MigrationDriftError, migrate } from './migrate';
import { type Migration, readMigrations } from './migrations';
import { listenAndClose } from './testing/listen-and-close';

const TAGS = readMigrations().map(({ tag }) => tag);

function migration(tag: string, createdAt: number, sql: string): Migration {
  return { tag, createdAt: String(createdAt), sql, hash: createHash('sha256').update(sql).digest('hex') };
}

async function withAdmin<T>(database: TestDatabase, look: (admin: postgres.Sql) => Promise<T>): Promise<T> {
  const admin = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    return await look(admin);
  } finally {
    await admin.end({ timeout: 0 });
  }
}

function tablesOf(database: TestDatabase): Promise<string[]> {
  return withAdmin(database, async (admin) => {
    const rows = await admin<{ name: string }[]>`
      SELECT schemaname || '.' || tablename AS name FROM pg_tables
      WHERE schemaname IN ('public', 'drizzle') ORDER BY name`;
    return rows.map(({ name }) => name);
  });
}

test('an empty database gets every table, and a second time there is nothing to do', async () => {
  await using database = await emptyTestDatabase();
  expect(await migrate(database.url)).toEqual({ applied: TAGS });
  expect(await tablesOf(database)).toEqual([
    'drizzle.__drizzle_migrations',
    'public.audit',
    'public.cooldown',
    'public.counter',
    'public.exclusion',
    'public.journal',
    'public.karma',
    'public.ledger',
    'public.name_index',
    'public.setting',
    'public.subject_name',
    'public.undone',
  ]);
  expect(await migrate(database.url)).toEqual({ applied: [] });
});

test('many clients at once on migrations that would clash: each is applied once, in order', async () => {
  await using database = await emptyTestDatabase();
  const migrations = [1, 2, 3].map((n) =>
    migration(`000${n}`, n, `CREATE TABLE step_${n} (n int); SELECT pg_sleep(0.3);`),
  );
  // An operator's defaults must not matter.
  await withAdmin(database, async (admin) => {
    await admin.unsafe(
      `ALTER DATABASE ${database.name} SET default_transaction_isolation = 'repeatable read'`,
    );
    await admin.unsafe(`ALTER DATABASE ${database.name} SET statement_timeout = '200ms'`);
  });
  const runs = await Promise.all(Array.from({ length: 8 }, () => migrate(database.url, { migrations })));
  expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(['0001', '0002', '0003']);
});

test('a migration that fails leaves nothing behind, and says which database and why', async () => {
  await using database = await emptyTestDatabase();
  const migrations = [
    migration('0001', 1, 'CREATE TABLE good (n int);'),
    migration('0002', 2, 'CREATE TABLE half (n int);\n;\nSELECT 1 / 0;'),
  ];
  const error = await migrate(database.url, { migrations }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OperatorError);
  expect(String(error)).toContain('division by zero');
  expect(String(error)).toContain(database.name);
  expect(await tablesOf(database)).toEqual(['drizzle.__drizzle_migrations', 'public.good']);
});

const SLOW = [
  migration('0001', 1, 'CREATE TABLE one (n int);\n;\nSELECT pg_sleep(1);\n;\nCREATE TABLE two (n int);'),
];

async function untilAsleep(admin: postgres.Sql): Promise<void> {
  for (;;) {
    const rows = await admin`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    if (rows.length > 0) return;
    await Bun.sleep(5);
  }
}

test('a server process that dies in the middle of a migration leaves nothing of it; it is applied anew', async () => {
  await using database = await emptyTestDatabase();
  const progress: string[] = [];
  const migrating = migrate(database.url, { migrations: SLOW, onProgress: (line) => progress.push(line) });
  await withAdmin(database, async (admin) => {
    await untilAsleep(admin);
    // Uncommitted, so not even the first table can be seen.
    expect(await tablesOf(database)).toEqual([]);
    await admin`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  });
  expect(await migrating).toEqual({ applied: ['0001'] });
  expect(progress[0]).toContain('waiting for Postgres');
  expect(await tablesOf(database)).toEqual(['drizzle.__drizzle_migrations', 'public.one', 'public.two']);
});

test('a connection cut in the middle of a migration: the server finishes all of it, and it is not applied twice', async () => {
  await using database = await emptyTestDatabase();
  await using proxy = await startTcpProxy({ target: database.url });
  const migrating = migrate(proxy.url, { migrations: SLOW });
  await withAdmin(database, untilAsleep);
  proxy.cut();
  // The second try waits for the lock of the first, and then finds it done.
  expect(await migrating).toEqual({ applied: [] });
  expect(await tablesOf(database)).toEqual(['drizzle.__drizzle_migrations', 'public.one', 'public.two']);
});

test('an applied migration that was edited is refused', async () => {
  await using database = await emptyTestDatabase();
  await migrate(database.url, { migrations: [migration('0001', 1, 'CREATE TABLE a (n int);')] });
  const edited = [migration('0001', 1, 'CREATE TABLE a (n bigint);')];
  await expect(migrate(database.url, { migrations: edited })).rejects.toThrow(MigrationDriftError);
});

test('a database that is ahead of this code is left as it is', async () => {
  await using database = await emptyTestDatabase();
  const ahead = [
    ...readMigrations(),
    migration('9999_future', 99_999_999_999_999, 'CREATE TABLE future (n int);'),
  ];
  await migrate(database.url, { migrations: ahead });
  expect(await migrate(database.url)).toEqual({ applied: [] });
});

test('what the ledger and the settings held before ids became text, they hold after', async () => {
  await using database = await emptyTestDatabase();
  const [first, ...later] = readMigrations();
  if (first === undefined) throw new Error('there is no migration');
  await migrate(database.url, { migrations: [first] });
  await withAdmin(database, async (admin) => {
    await admin`INSERT INTO guild VALUES (1, false, 175928847299117063)`;
    await admin`
      INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, changes, answer) VALUES
        (175928847299117063, 'change-karma', 1, 2, 3, '[]', '{}'),
        (9223372036854775807, 'change-announce', 1, 2, 3, '{"announce": false}', '{"announce": false}')`;
  });
  expect(await migrate(database.url)).toEqual({ applied: later.map(({ tag }) => tag) });
  await withAdmin(database, async (admin) => {
    const [chosen] = await admin`SELECT * FROM setting`;
    // Discord's own example of a snowflake, and the time that its documentation gives.
    const at = new Date('2016-04-30T11:18:25.796Z');
    expect(chosen).toEqual({
      guild_id: '1',
      key: 'announce',
      value: false,
      request_id: '175928847299117063',
      at,
    });
    const rows =
      await admin`SELECT request_id, kind, guild_id, channel_id, user_id, at, answer FROM ledger ORDER BY at`;
    const place = { guild_id: '1', channel_id: '2', user_id: '3' };
    expect([...rows]).toEqual([
      { request_id: '175928847299117063', kind: 'change-karma', ...place, at, answer: {} },
      {
        request_id: '9223372036854775807',
        kind: 'change-setting',
        ...place,
        at: new Date('2084-09-06T15:47:35.551Z'),
        answer: { key: 'announce', value: false },
      },
    ]);
  });
});

test('servers that had karma before there were rules go on counting what members do to their own; others do not', async () => {
  await using database = await emptyTestDatabase();
  const migrations = readMigrations();
  const older = migrations.slice(
    0,
    migrations.findIndex(({ tag }) => tag.endsWith('_rules')),
  );
  await migrate(database.url, { migrations: older });
  await withAdmin(
    database,
    (admin) => admin`INSERT INTO karma VALUES (1, 'a', 'a', 1), (1, 'b', 'b', 1), (2, 'a', 'a', 0)`,
  );
  await migrate(database.url);
  const chosen = () =>
    withAdmin(database, (admin) => admin`SELECT guild_id, key, value FROM setting ORDER BY 1`);
  expect([...(await chosen())]).toEqual([
    { guild_id: '1', key: 'self', value: 'count' },
    { guild_id: '2', key: 'self', value: 'count' },
  ]);
});

test('drizzle’s own migrator understands what was applied', async () => {
  await using database = await emptyTestDatabase();
  await migrate(database.url);
  await withAdmin(database, async (admin) => {
    await drizzleMigrate(drizzle(admin), { migrationsFolder: `${import.meta.dir}/../migrations` });
    expect(await admin`SELECT FROM drizzle.__drizzle_migrations`).toHaveLength(TAGS.length);
  });
});

test('a server that is down is waited for, and the wait is bounded', async () => {
  await using server = await ownPostgres();
  await server.kill();
  const error = await migrate(server.url, { waitMs: 700 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OperatorError);
  expect(String(error)).toContain(`127.0.0.1:${server.port}/postgres was not usable within 0.7 s`);
  expect(String(error)).not.toContain(new URL(server.url).password);
  let waiting = () => {};
  const told = new Promise<void>((resolve) => {
    waiting = resolve;
  });
  const migrating = migrate(server.url, { onProgress: () => waiting() });
  await told;
  await server.restart();
  expect(await migrating).toEqual({ applied: TAGS });
});

test('a proxy that accepts and closes at once is waited for no longer than a server that is down', async () => {
  await using proxy = await listenAndClose();
  await expect(migrate(proxy.url, { waitMs: 100 })).rejects.toThrow('was not usable within 0.1 s');
});

test('what only the operator can fix is not waited for', async () => {
  await using database = await emptyTestDatabase();
  const [wrongName, wrongRole] = [new URL(database.url), new URL(database.url)];
  wrongName.pathname = '/no_such_database';
  wrongRole.username = 'no_such_role';
  await expect(migrate(wrongName.href)).rejects.toThrow('"no_such_database" does not exist');
  await expect(migrate(wrongRole.href)).rejects.toThrow(/no_such_role/);
});
