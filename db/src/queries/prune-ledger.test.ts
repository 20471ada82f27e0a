import { expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { openTestDatabase } from '../testing/database';
import { hold } from '../testing/locks';
import { changeKarma } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { pruneLedger } from './prune-ledger';

async function ledgerOf(t: Awaited<ReturnType<typeof openTestDatabase>>): Promise<string[]> {
  const rows = await t.admin<{ id: string }[]>`SELECT request_id AS id FROM ledger ORDER BY request_id`;
  return rows.map(({ id }) => id);
}

async function withTen() {
  const t = await openTestDatabase();
  const requests = Array.from({ length: 10 }, () => changeKarma({ x: 1 }));
  await applyKarma(t.db, requests);
  return { t, ids: requests.map(({ id }) => id) };
}

test('the oldest go first, as many as asked, and none at or after the time', async () => {
  const { t, ids } = await withTen();
  await using _ = t;
  const beforeMs = snowflakeTimeMs(ids[7] ?? '');
  expect(await pruneLedger(t.db, { beforeMs, limit: 3 })).toBe(3);
  expect(await ledgerOf(t)).toEqual(ids.slice(3));
  expect(await pruneLedger(t.db, { beforeMs, limit: 100 })).toBe(4);
  expect(await ledgerOf(t)).toEqual(ids.slice(7));
  expect(await pruneLedger(t.db, { beforeMs, limit: 100 })).toBe(0);
});

test('karma is never touched', async () => {
  const { t } = await withTen();
  await using _ = t;
  await pruneLedger(t.db, { beforeMs: Date.now(), limit: 1_000 });
  expect(await ledgerOf(t)).toEqual([]);
  const [row] = await t.admin`SELECT karma FROM karma`;
  expect(row?.karma).toBe('10');
});

test('a row that another worker is at is left to it', async () => {
  const { t, ids } = await withTen();
  await using _ = t;
  const holder = await hold(t.admin, `SELECT FROM ledger WHERE request_id = '${ids[0]}' FOR UPDATE`);
  expect(await pruneLedger(t.db, { beforeMs: snowflakeTimeMs(ids[5] ?? ''), limit: 100 })).toBe(4);
  await holder.rollback();
  expect(await ledgerOf(t)).toEqual([ids[0] ?? '', ...ids.slice(5)]);
});
