import { expect, test } from 'bun:test';
import type { ChangeKarma } from '@popple/shared/contract/request';
import type postgres from 'postgres';
import type { Database } from '../client';
import { isTransient } from '../errors';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';

/*
 * Two workers are given the same requests at the same time. A third connection holds a lock, so that both stand at a
 * chosen point of the statement before either can go on.
 */

const LOCK_ROW = `SELECT FROM karma WHERE guild_id = ${GUILD} AND subject = 'x' FOR UPDATE`;
const NEW_ROW = `INSERT INTO karma VALUES (${GUILD}, 'x', 'X of another', 100)`;

function ledgerRow(id: string): string {
  return `INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
    VALUES (${id}, 'change-karma', ${GUILD}, 1, 1, now(), '[]', '{"announce": true, "totals": []}')`;
}

async function karmaOf(admin: postgres.Sql, subject: string): Promise<string | undefined> {
  const [row] = await admin`SELECT karma FROM karma WHERE guild_id = ${GUILD} AND subject = ${subject}`;
  return row?.karma;
}

type Answers = Awaited<ReturnType<typeof applyKarma>>;

/** Of two workers' answers to the same request, one applied it and one knew it, and they say the same. */
function expectOneApplied(request: ChangeKarma, one: Answers, other: Answers): void {
  const both = [one.get(request.id), other.get(request.id)];
  expect(both.map((applied) => applied?.known).sort()).toEqual([false, true]);
  expect(both[0]?.answer).toEqual(both[1]?.answer);
}

test('both wait for the row of a subject: one counts, the other then knows', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const request = changeKarma({ x: 1 });
  const holder = await hold(t.admin, LOCK_ROW);
  const both = Promise.all([applyKarma(t.db, [request]), applyKarma(other, [request])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  expectOneApplied(request, ...(await both));
  expect(await karmaOf(t.admin, 'x')).toBe('11');
});

test('both wait for a row that the holder changes meanwhile: neither loses its change', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const request = changeKarma({ x: 1 });
  const holder = await hold(t.admin, `UPDATE karma SET karma = 1000 WHERE guild_id = ${GUILD}`);
  const both = Promise.all([applyKarma(t.db, [request]), applyKarma(other, [request])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const answers = await both;
  expectOneApplied(request, ...answers);
  expect(answers[0].get(request.id)?.answer.totals).toEqual([{ display: 'x', karma: '1001' }]);
});

for (const how of ['commit', 'rollback'] as const) {
  test(`both wait for a row that is being made, which ends by ${how}`, async () => {
    await using t = await openTestDatabase();
    const other = t.another();
    const request = changeKarma({ x: 1 });
    const holder = await hold(t.admin, NEW_ROW);
    const both = Promise.all([applyKarma(t.db, [request]), applyKarma(other, [request])]);
    await untilBlocked(t.admin, 2);
    await holder[how]();
    const answers = await both;
    expectOneApplied(request, ...answers);
    const committed = { display: 'X of another', karma: '101' };
    const total = how === 'commit' ? committed : { display: 'x', karma: '1' };
    expect(answers[0].get(request.id)?.answer.totals).toEqual([total]);
    expect(await karmaOf(t.admin, 'x')).toBe(total.karma);
  });

  test(`one waits at the ledger for a third, which ends by ${how}, the other at the karma behind it`, async () => {
    await using t = await openTestDatabase();
    const other = t.another();
    const request = changeKarma({ x: 1 });
    const holder = await hold(t.admin, ledgerRow(request.id));
    const both = Promise.all([applyKarma(t.db, [request]), applyKarma(other, [request])]);
    await untilBlocked(t.admin, 2);
    await holder[how]();
    const answers = await both;
    if (how === 'rollback') {
      expectOneApplied(request, ...answers);
      expect(await karmaOf(t.admin, 'x')).toBe('1');
    } else {
      // The third has applied it: both know, and what they had added is undone.
      expect(answers.map((answer) => answer.get(request.id)?.known)).toEqual([true, true]);
      expect(await karmaOf(t.admin, 'x')).toBeUndefined();
    }
  });
}

test('the same requests in opposite orders, in batches that overlap in part', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const shared = [changeKarma({ x: 1, a: 1 }), changeKarma({ x: 1, z: 1 }), changeKarma({ x: 1 })];
  const [mine, theirs] = [changeKarma({ x: 100 }), changeKarma({ x: 1_000 })];
  const holder = await hold(t.admin, LOCK_ROW);
  const both = Promise.all([
    applyKarma(t.db, [mine, ...shared]),
    applyKarma(other, [...shared.toReversed(), theirs]),
  ]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const answers = await both;
  for (const request of shared) expectOneApplied(request, ...answers);
  expect(answers[0].get(mine.id)?.known).toBe(false);
  expect(answers[1].get(theirs.id)?.known).toBe(false);
  expect(await karmaOf(t.admin, 'x')).toBe('1113');
  expect(await karmaOf(t.admin, 'a')).toBe('1');
  expect(await karmaOf(t.admin, 'z')).toBe('1');
});

test('requests on different subjects with one id: the karma rows never meet, the ledger still lets one through', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await applyKarma(t.db, [changeKarma({ a: 10, b: 10 })]);
  const one = changeKarma({ a: 1 });
  const twin = { ...changeKarma({ b: 1 }), id: one.id };
  const holder = await hold(t.admin, ledgerRow(one.id));
  const both = Promise.all([applyKarma(t.db, [one]), applyKarma(other, [twin])]);
  await untilBlocked(t.admin, 2);
  await holder.rollback();
  expectOneApplied(one, ...(await both));
  const sums = [await karmaOf(t.admin, 'a'), await karmaOf(t.admin, 'b')].sort();
  expect(sums).toEqual(['10', '11']);
});

test('a worker killed while it waits has applied nothing; the next one to get the request counts it', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const request = changeKarma({ x: 1, a: 1 });
  const holder = await hold(t.admin, LOCK_ROW);
  const killed = applyKarma(t.db, [request]).catch((reason: unknown) => reason);
  await untilBlocked(t.admin, 1);
  await t.admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const error = await killed;
  expect(error).toBeInstanceOf(Error);
  expect(isTransient(error)).toBe(true);
  await holder.commit();
  expect(await karmaOf(t.admin, 'a')).toBeUndefined();
  expect((await applyKarma(other, [request])).get(request.id)?.known).toBe(false);
  expect(await karmaOf(t.admin, 'x')).toBe('11');
  expect(await karmaOf(t.admin, 'a')).toBe('1');
});

test('a worker that dies after the commit is followed by one that gives the same answer', async () => {
  await using t = await openTestDatabase();
  const request = changeKarma({ x: 1 });
  const first = await applyKarma(t.db, [request]);
  await t.db.close();
  const again = await applyKarma(t.another(), [request]);
  expectOneApplied(request, first, again);
});

test('with serializable as the default, one of two is told to come again, and then knows', async () => {
  await using t = await openTestDatabase();
  const workers = [1, 2].map(() => t.another({ default_transaction_isolation: 'serializable' }));
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const request = changeKarma({ x: 1 });
  const holder = await hold(t.admin, LOCK_ROW);
  const failures: unknown[] = [];
  const untilDone = async (db: Database) => {
    for (;;) {
      const answer = await applyKarma(db, [request]).catch((error: unknown) => {
        if (!isTransient(error)) throw error;
        failures.push(error);
      });
      if (answer) return answer;
    }
  };
  const both = Promise.all(workers.map(untilDone));
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const [one = new Map(), other = new Map()] = await both;
  expectOneApplied(request, one, other);
  expect(await karmaOf(t.admin, 'x')).toBe('11');
  expect(failures).toContainEqual(expect.objectContaining({ code: '40001' }));
});
