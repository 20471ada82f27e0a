import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { hold } from '../testing/locks';
import { planOf } from '../testing/plan';
import { PRUNE_COUNTERS, pruneCounters } from './prune-counters';

const DAY_MS = 86_400_000;

/** A counter a day, for ten days from the beginning of 1970 on. */
async function withTen() {
  const t = await openTestDatabase();
  await t.admin`
    INSERT INTO counter
    SELECT to_timestamp(day * 86400), 1, 'server', '', 1, 50 FROM generate_series(0, 9) AS day`;
  return t;
}

async function daysOf({ admin }: Awaited<ReturnType<typeof withTen>>): Promise<number[]> {
  const rows =
    await admin`SELECT (extract(epoch FROM period) / 86400)::int AS day FROM counter ORDER BY period`;
  return rows.map(({ day }) => day);
}

test('the oldest go first, as many as asked, and none at or after the time', async () => {
  await using t = await withTen();
  expect(await pruneCounters(t.db, { beforeMs: 7 * DAY_MS, limit: 3 })).toBe(3);
  expect(await daysOf(t)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(await pruneCounters(t.db, { beforeMs: 7 * DAY_MS, limit: 100 })).toBe(4);
  expect(await daysOf(t)).toEqual([7, 8, 9]);
  expect(await pruneCounters(t.db, { beforeMs: 7 * DAY_MS, limit: 100 })).toBe(0);
});

test('a row that another worker is at is left to it', async () => {
  await using t = await withTen();
  const holder = await hold(t.admin, "SELECT FROM counter WHERE period = 'epoch' FOR UPDATE");
  expect(await pruneCounters(t.db, { beforeMs: 5 * DAY_MS, limit: 100 })).toBe(4);
  await holder.rollback();
  expect(await daysOf(t)).toEqual([0, 5, 6, 7, 8, 9]);
});

test('rows are found by the index, and deleted where they are', async () => {
  await using t = await withTen();
  const nodes = await planOf(t.db.sql, PRUNE_COUNTERS, ['0', '1']);
  const types = nodes.map((node) => node['Node Type']);
  expect(types).toContain('Tid Scan');
  expect(types.filter((type) => /Seq Scan|Sort/.test(type))).toEqual([]);
});
