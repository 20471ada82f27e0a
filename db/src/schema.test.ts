import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as schema from './schema';
import { openTestDatabase } from './testing/database';

const META = `${import.meta.dir}/../migrations/meta`;

test('the migrations bring the schema up to date: generating finds nothing to add', async () => {
  const { entries } = JSON.parse(readFileSync(`${META}/_journal.json`, 'utf8'));
  const number = String(entries.at(-1).idx).padStart(4, '0');
  const last = JSON.parse(readFileSync(`${META}/${number}_snapshot.json`, 'utf8'));
  const statements = await generateMigration(last, generateDrizzleJson({ ...schema }, last.id));
  expect(statements, 'run: bun run db:generate').toEqual([]);
});

test('subjects are ordered byte by byte, whatever the database’s own collation', async () => {
  await using t = await openTestDatabase();
  const rows = await t.admin`
    SELECT attrelid::regclass::text AS relation
    FROM pg_attribute JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE attname = 'subject' AND collname = 'C' AND attrelid IN ('karma'::regclass, 'karma_board'::regclass)`;
  expect(rows.map(({ relation }) => relation).sort()).toEqual(['karma', 'karma_board']);
});
