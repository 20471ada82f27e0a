import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { changeKarma } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { makeJournalMonths } from './make-journal-months';

type Opened = Awaited<ReturnType<typeof openTestDatabase>>;

/** The partitions, and how many rows each has. */
async function partitionsOf({ admin }: Opened): Promise<Map<string, number>> {
  const tables = await admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'journal'::regclass ORDER BY name`;
  const rows = new Map<string, number>();
  for (const { name } of tables) {
    const [row] = await admin`SELECT count(*)::int AS count FROM ${admin(`journal_months.${name}`)}`;
    rows.set(name, row?.count);
  }
  return rows;
}

/** The name of a month's partition: this one's, or one so many months later. */
function monthName(later = 0): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later))
    .toISOString()
    .slice(0, 7)
    .replace('-', '_');
}

test('a new database has three months, and there is nothing more to make', async () => {
  await using t = await openTestDatabase();
  const names = [...[0, 1, 2].map(monthName), 'other'];
  // A database whose template is of last month lacks one.
  expect(await makeJournalMonths(t.db)).toBeLessThan(2);
  expect([...(await partitionsOf(t)).keys()]).toEqual(expect.arrayContaining(names));
  expect(await makeJournalMonths(t.db)).toBe(0);
});

test('a change of a month without a partition is kept, and found', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  const old = changeKarma({ x: 1 }, { at: Date.UTC(2020, 1, 3) });
  await applyKarma(t.db, [old, changeKarma({ x: 1 }, { at: Date.now() })]);
  const partitions = await partitionsOf(t);
  expect(partitions.get('other')).toBe(1);
  expect(partitions.get(monthName())).toBe(1);
  expect(await t.admin`SELECT FROM journal WHERE day < '2021-01-01'`).toHaveLength(1);
});

test('a month that is made late takes what came before it, while workers add', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  await t.admin.unsafe(`DROP TABLE journal_months."${monthName()}"`);
  const requests = Array.from({ length: 60 }, () => changeKarma({ x: 1 }, { at: Date.now() }));
  await applyKarma(t.db, requests.slice(0, 20));
  expect((await partitionsOf(t)).get('other')).toBe(20);
  const others = [t.another(), t.another()];
  const made = await Promise.all([
    ...others.map((other) => makeJournalMonths(other)),
    ...requests.slice(20).map((request) => applyKarma(t.db, [request]).then(() => 0)),
  ]);
  expect(made.reduce((sum, count) => sum + count, 0)).toBe(1);
  await makeJournalMonths(t.db);
  const partitions = await partitionsOf(t);
  expect(partitions.get('other')).toBe(0);
  expect(partitions.get(monthName())).toBe(60);
});
