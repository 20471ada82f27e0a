import { expect, test } from 'bun:test';
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { grantToWorkers, WORKER_PRIVILEGES } from './privileges';
import * as schema from './schema';
import { openTestDatabase } from './testing/database';

const tables: PgTable[] = Object.values<unknown>(schema).filter((table) => is(table, PgTable));

test('every table has its privileges written down', () => {
  expect(tables.map((table) => getTableName(table)).sort()).toEqual(Object.keys(WORKER_PRIVILEGES).sort());
});

test.each(tables.map((table) => [getTableName(table), table] as const))(
  'the columns of %s that may be changed are there',
  (name, table) => {
    const columns = getTableConfig(table).columns.map((column) => column.name);
    for (const column of WORKER_PRIVILEGES[name]?.update ?? []) expect(columns).toContain(column);
  },
);

test('nothing is granted where nobody made roles', async () => {
  await using t = await openTestDatabase();
  await grantToWorkers(t.admin);
  const rows = await t.admin`
    SELECT FROM pg_class, aclexplode(relacl) AS acl
    WHERE relnamespace = 'public'::regnamespace AND acl.grantee <> relowner`;
  expect(rows.length).toBe(0);
});
