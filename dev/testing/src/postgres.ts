import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { type OwnPostgres, ownPostgres } from './own-postgres';
import { templateDatabase } from './template-database';

export { type OwnPostgres, ownPostgres } from './own-postgres';

/** A database of one test. */
export interface TestDatabase {
  /** Connects as superuser to this database. */
  readonly url: string;
  readonly name: string;
  /** Drops the database, connections or not. A test calls it when it succeeded; what failed can then be looked at. */
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

let lazy: Promise<OwnPostgres> | undefined;

/**
 * The URL (superuser, database `postgres`) of the server that all tests share: the one named in
 * POPPLE_TEST_POSTGRES_URL, which `bun run test` sets, or one started at the first call and gone with this process.
 */
export async function testPostgres(): Promise<string> {
  const given = process.env.POPPLE_TEST_POSTGRES_URL;
  if (given) return given;
  lazy ??= ownPostgres();
  return (await lazy).url;
}

/** Makes a migrated database for one test on the shared server (or on the server of `serverUrl`). */
export async function testDatabase(serverUrl?: string): Promise<TestDatabase> {
  const server = serverUrl ?? (await testPostgres());
  const template = await templateDatabase(server);
  return createDatabase(server, `template ${template}`);
}

/** Makes an empty database, for tests of migrating itself. */
export async function emptyTestDatabase(serverUrl?: string): Promise<TestDatabase> {
  return createDatabase(serverUrl ?? (await testPostgres()), 'template template0');
}

async function createDatabase(server: string, from: string): Promise<TestDatabase> {
  const name = `popple_test_${randomBytes(8).toString('hex')}`;
  await administer(server, `create database ${name} ${from}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = () => administer(server, `drop database if exists ${name} with (force)`);
  return { url: url.href, name, drop, [Symbol.asyncDispose]: drop };
}

async function administer(server: string, statement: string): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
