import { expect, test } from 'bun:test';
import { emptyTestDatabase } from '@popple/testing/postgres';
import { openDatabase } from '../client';
import { DatabaseNotReadyError, isTransient } from '../errors';
import { openTestDatabase } from '../testing/database';
import { ping } from './ping';

test('a migrated database is usable', async () => {
  await using t = await openTestDatabase();
  await ping(t.db);
});

test('a database that is ahead of this code is usable', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of the future', 99999999999999)`;
  await ping(t.db);
});

test('a database that is not migrated, or only in part, is not, and the error says what to do', async () => {
  await using database = await emptyTestDatabase();
  const db = openDatabase({ url: database.url, maxConnections: 1, applicationName: 'popple-db-test' });
  const empty = await ping(db).catch((error: unknown) => error);
  await db.sql.unsafe(
    'CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)',
  );
  const partly = await ping(db).catch((error: unknown) => error);
  await db.close();
  for (const error of [empty, partly]) {
    expect(error).toBeInstanceOf(DatabaseNotReadyError);
    expect(String(error)).toContain('bun run db:migrate');
    expect(isTransient(error)).toBe(true);
  }
});

test('a database that takes no writes is not usable', async () => {
  await using t = await openTestDatabase();
  const standby = t.another({ default_transaction_read_only: 'on' });
  await expect(ping(standby)).rejects.toThrow('takes no writes');
});

test('a server that cannot be reached is an error in one line', async () => {
  const db = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    maxConnections: 1,
    applicationName: 'popple-db-test',
  });
  const error = await ping(db).catch((reason: unknown) => reason);
  await db.close();
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(String(error)).not.toContain('\n');
});
