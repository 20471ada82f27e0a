import { expect, test } from 'bun:test';
import postgres from 'postgres';
import { emptyTestDatabase, ownPostgres, testDatabase, testPostgres } from './postgres';

async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test('a killed Postgres comes back on the same port with what it had committed', async () => {
  await using server = await ownPostgres();
  await query(server.url, 'create table kept (n int); insert into kept values (1)');
  await server.kill();
  await expect(query(server.url, 'select 1')).rejects.toThrow();
  await server.restart();
  expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }]);
});

test('text is UTF-8, sorted by code point, with the letters of all languages', async () => {
  const rows = await query(
    await testPostgres(),
    `select upper('å é') as upper, array(select x from unnest(array['b','A','é','a']) x order by x) as sorted`,
  );
  expect(rows).toEqual([{ upper: 'Å É', sorted: ['A', 'a', 'b', 'é'] }]);
});

test('each test has a database of its own, migrated, and it is gone after drop', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  await query(one.url, 'create table mine (n int)');
  expect(await query(two.url, `select to_regclass('mine') as found`)).toEqual([{ found: null }]);
  await one.drop();
  await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
  await two.drop();
});

test('an empty database has no tables', async () => {
  await using database = await emptyTestDatabase();
  const tables = await query(database.url, `select 1 from pg_tables where schemaname = 'public'`);
  expect(tables).toEqual([]);
});
