import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { changeKarma } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { dropJournalMonths } from './drop-journal-months';
import { makeJournalMonths } from './make-journal-months';

type Opened = Awaited<ReturnType<typeof openTestDatabase>>;

const monthAt = (later: number): Date => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later));
};
const nameOf = (month: Date) => month.toISOString().slice(0, 7).replace('-', '_');

/** Makes the partition of an earlier month, as if it had been made in time, and enters a change in it. */
async function furnish({ admin, db }: Opened, later: number): Promise<string> {
  const name = nameOf(monthAt(later));
  await admin.unsafe(`
    CREATE TABLE journal_months."${name}" PARTITION OF journal
    FOR VALUES FROM ('${monthAt(later).toISOString()}') TO ('${monthAt(later + 1).toISOString()}')`);
  await applyKarma(db, [changeKarma({ x: 1 }, { at: monthAt(later).getTime() + 86_400_000 })]);
  return name;
}

async function monthsOf({ admin }: Opened): Promise<string[]> {
  const rows = await admin<{ name: string }[]>`
    SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'journal'::regclass ORDER BY name`;
  return rows.map(({ name }) => name);
}

async function changes({ admin }: Opened): Promise<number> {
  const [row] = await admin`SELECT count(*)::int AS count FROM journal`;
  return row?.count;
}

test('months that ended before a time are dropped, and no others', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  const [oldest, older, last] = [await furnish(t, -7), await furnish(t, -6), await furnish(t, -5)];
  const before = monthAt(-5).getTime();
  expect(await dropJournalMonths(t.db, before - 1)).toBe(1);
  expect(await monthsOf(t)).not.toContain(oldest);
  expect(await monthsOf(t)).toContain(older);
  expect(await dropJournalMonths(t.db, before)).toBe(1);
  expect(await monthsOf(t)).not.toContain(older);
  expect(await monthsOf(t)).toEqual(expect.arrayContaining([last, nameOf(monthAt(0)), 'other']));
  expect(await changes(t)).toBe(1);
  expect(await dropJournalMonths(t.db, before)).toBe(0);
  // Karma is what it was.
  expect(await t.admin`SELECT karma FROM karma`).toMatchObject([{ karma: '3' }]);
});

test('what is older than the first month goes when all of it is old enough', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  const at = Date.UTC(2020, 1, 3);
  await applyKarma(t.db, [
    changeKarma({ x: 1 }, { at }),
    changeKarma({ x: 1 }, { at: at + 86_400_000 * 90 }),
  ]);
  expect(await dropJournalMonths(t.db, at + 86_400_000)).toBe(0);
  expect(await changes(t)).toBe(2);
  expect(await dropJournalMonths(t.db, at + 86_400_000 * 91)).toBe(1);
  expect(await changes(t)).toBe(0);
  expect(await dropJournalMonths(t.db, Date.now())).toBe(0);
});

test('nothing of the last 31 days is dropped, whatever is asked for', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  await furnish(t, -3);
  await applyKarma(t.db, [changeKarma({ x: 1 }, { at: Date.now() - 86_400_000 * 30 })]);
  await dropJournalMonths(t.db, Date.now() + 86_400_000 * 365);
  expect(await monthsOf(t)).toContain(nameOf(monthAt(0)));
  expect(await changes(t)).toBe(1);
});

test('many workers at once, while others add', async () => {
  await using t = await openTestDatabase();
  await makeJournalMonths(t.db);
  await furnish(t, -4);
  const workers = [t.another(), t.another()];
  const [dropped] = await Promise.all([
    Promise.all(workers.map((worker) => dropJournalMonths(worker, monthAt(-2).getTime()))),
    ...Array.from({ length: 20 }, () => applyKarma(t.db, [changeKarma({ x: 1 }, { at: Date.now() })])),
  ]);
  expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await changes(t)).toBe(20);
});
