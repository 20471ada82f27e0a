import { expect, test } from 'bun:test';
import type { Database } from '@popple/db/client';
import { isTransient } from '@popple/db/errors';
import type { Judge } from '@popple/db/judging';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { type OpenedTestDatabase, openTestDatabase } from '@popple/db/testing/database';
import { hold, untilBlocked } from '@popple/db/testing/locks';
import { changeKarma, GUILD } from '@popple/db/testing/requests';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import { judgeBatch } from './judge-batch';
import { PRESETS, type RuleSettings } from './settings';

/*
 * Several workers count against the same limits at the same time. Where it matters who reads what before whom, a third
 * connection holds a lock, so that both workers have read before either can write.
 */

type Answers = Awaited<ReturnType<typeof applyKarma>>;

const judgeWith = (settings: Partial<RuleSettings>): Judge =>
  judgeBatch({ rulesOf: () => ({ ...PRESETS.default, ...settings }) });

/** What a worker must not be: it adds what it decided to whatever is there now. */
const withoutBounds =
  (judge: Judge): Judge =>
  (...given) => {
    const { wanted, decide } = judge(...given);
    return {
      wanted,
      decide: (counted) => {
        const { changes, counters, pairs } = decide(counted);
        const unnumbered = [...changes].map(
          ([id, list]) => [id, list.map(({ nth: _, ...one }) => one)] as const,
        );
        return {
          changes: new Map(unnumbered),
          counters: counters.map((step) => ({ ...step, bound: 1_000_000 })),
          pairs,
        };
      },
    };
  };

function verdictsOf(requests: readonly ChangeKarma[], answers: Answers): Verdict[] {
  return requests.flatMap(({ id, changes }): Verdict[] => {
    const answer = answers.get(id)?.answer;
    return answer?.verdicts ?? changes.map(({ delta }) => ({ delta }));
  });
}

function countOf(verdicts: readonly Verdict[]): number {
  return verdicts.filter((verdict) => !isRefused(verdict)).length;
}

/** What the tables say was counted, each in its own way. */
async function countedIn({ admin }: OpenedTestDatabase) {
  const [row] = await admin`
    SELECT
      (SELECT coalesce(sum(karma), 0)::int FROM karma) AS karma,
      (SELECT coalesce(sum(delta), 0)::int FROM journal) AS journal,
      (SELECT coalesce(sum(count), 0)::int FROM counter WHERE scope = 'server') AS counter`;
  return row;
}

/** Applies a batch as svc does: again, for as long as the database is to blame. */
async function applyPatiently(db: Database, batch: readonly ChangeKarma[], judge: Judge): Promise<Answers> {
  for (;;) {
    try {
      return await applyKarma(db, batch, judge);
    } catch (error) {
      if (!isTransient(error)) throw error;
      await Bun.sleep(5);
    }
  }
}

/** Lets workers take the requests from one queue, some at a time, until none is left. */
async function share(
  workers: readonly Database[],
  requests: readonly ChangeKarma[],
  judge: Judge,
  batchSize: (batch: number) => number,
): Promise<Answers> {
  const queue = [...requests];
  const answers: Answers = new Map();
  let batches = 0;
  await Promise.all(
    workers.map(async (db) => {
      while (queue.length > 0) {
        batches += 1;
        const batch = queue.splice(0, batchSize(batches));
        for (const [id, answer] of await applyPatiently(db, batch, judge)) answers.set(id, answer);
      }
    }),
  );
  return answers;
}

const QUOTA = 20;
const names = Array.from({ length: 7 }, (_, n) => `thing ${n}`);
const spree = () => Array.from({ length: 120 }, (_, n) => changeKarma({ [names[n % 7] ?? '']: 1 }));

test('of 120 changes at once by one member over two workers, a quota of 20 lets 20 through', async () => {
  await using t = await openTestDatabase();
  const judge = judgeWith({ quota: QUOTA });
  const requests = spree();
  const answers = await share([t.db, t.another()], requests, judge, (batch) => 1 + (batch % 5));
  expect(countOf(verdictsOf(requests, answers))).toBe(QUOTA);
  expect(await countedIn(t)).toEqual({ karma: QUOTA, journal: QUOTA, counter: QUOTA });
  // Delivered again, in whatever batches: each is told what it was told.
  const again = await share([t.another()], requests, judge, () => 50);
  expect(verdictsOf(requests, again)).toEqual(verdictsOf(requests, answers));
  expect([...again.values()].every(({ known }) => known)).toBe(true);
  expect(await countedIn(t)).toEqual({ karma: QUOTA, journal: QUOTA, counter: QUOTA });
});

test('it does when connections are killed meanwhile', async () => {
  await using t = await openTestDatabase();
  const requests = spree();
  let isDone = false;
  // Few enough that a busy machine gets on between them.
  const killing = (async () => {
    let kills = 0;
    while (!isDone && kills < 20) {
      const killed = await t.admin`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'popple-db-test' AND state = 'active'`;
      kills += killed.length;
      await Bun.sleep(5);
    }
    return kills;
  })();
  const judge = judgeWith({ quota: QUOTA });
  const answers = await share([t.db, t.another()], requests, judge, (batch) => 1 + (batch % 5));
  isDone = true;
  expect(await killing).toBeGreaterThan(0);
  expect(countOf(verdictsOf(requests, answers))).toBe(QUOTA);
  expect(await countedIn(t)).toEqual({ karma: QUOTA, journal: QUOTA, counter: QUOTA });
});

const AT = Date.UTC(2026, 10, 25, 12);
const DAY = "'2026-11-25T00:00Z'";

/** A limit, and what a third connection does so that who counts against it waits for it. */
interface Contested {
  what: string;
  settings: Partial<RuleSettings>;
  /** How many count before both. */
  before: number;
  lock: string;
}

const CONTESTED: Contested[] = [
  {
    what: 'the quota of a giver who has given nothing',
    settings: { quota: 1 },
    before: 0,
    lock: `INSERT INTO journal VALUES (${DAY}, now(), 'x', 1, ${GUILD}, 300, 1, 'x', 1)`,
  },
  {
    what: 'the quota of a giver who has given before',
    settings: { quota: 2 },
    before: 1,
    lock: `INSERT INTO journal VALUES (${DAY}, now(), 'x', 1, ${GUILD}, 300, 2, 'x', 1)`,
  },
  {
    what: 'the flood limit of a new minute',
    settings: { flood: 1, quota: 0 },
    before: 0,
    lock: `INSERT INTO counter VALUES ('2026-11-25T12:00Z', ${GUILD}, 'server', '', 1, 1)`,
  },
  {
    what: 'the flood limit of a minute',
    settings: { flood: 2, quota: 0 },
    before: 1,
    lock: "SELECT FROM counter WHERE scope = 'server' FOR UPDATE",
  },
];

/** Two workers that have both read what was counted, before either has written. */
async function bothHaveRead(t: OpenedTestDatabase, judge: Judge, { before, lock }: Contested) {
  const other = t.another();
  for (let n = 0; n < before; n += 1) await applyKarma(t.db, [changeKarma({ before: 1 }, { at: AT })], judge);
  const [one, two] = [changeKarma({ a: 1 }, { at: AT }), changeKarma({ b: 1 }, { at: AT })];
  const holder = await hold(t.admin, lock);
  const both = Promise.all([applyKarma(t.db, [one], judge), applyKarma(other, [two], judge)]);
  await untilBlocked(t.admin, 2);
  await holder.rollback();
  const [first, second] = await both;
  return verdictsOf([one, two], new Map([...first, ...second]));
}

for (const contested of CONTESTED) {
  const { what, settings, before } = contested;

  test(`two read ${what} before either writes: one counts, the other decides again`, async () => {
    await using t = await openTestDatabase();
    const verdicts = await bothHaveRead(t, judgeWith(settings), contested);
    expect(verdicts).toContainEqual({ delta: 1 });
    expect(verdicts).toContainEqual(expect.objectContaining({ refused: expect.any(String) }));
    expect(await countedIn(t)).toEqual({ karma: before + 1, journal: before + 1, counter: before + 1 });
  });
}

test('read before the statement and added without a bound, two counts pass a limit: what this file must notice', async () => {
  await using t = await openTestDatabase();
  const judge = withoutBounds(judgeWith({ flood: 2, quota: 0 }));
  const [limit] = CONTESTED.slice(-1);
  if (limit === undefined) throw new Error('no limit');
  expect(await bothHaveRead(t, judge, limit)).toEqual([{ delta: 1 }, { delta: 1 }]);
  expect(await countedIn(t)).toMatchObject({ karma: 3 });
});

test('read before the statement and not numbered, changes pass a quota: what this file must notice', async () => {
  await using t = await openTestDatabase();
  const judge = withoutBounds(judgeWith({ quota: QUOTA }));
  const answers = await share([t.db, t.another()], spree(), judge, () => 1);
  expect(answers.size).toBe(120);
  expect((await countedIn(t))?.karma).toBeGreaterThan(QUOTA);
});

test('two that stay within a server’s limit together disturb nobody', async () => {
  await using t = await openTestDatabase();
  const decisions: number[] = [];
  const judge: Judge = (...given) => {
    decisions.push(1);
    return judgeWith({ flood: 3, quota: 0 })(...given);
  };
  const [limit] = CONTESTED.slice(-1);
  if (limit === undefined) throw new Error('no limit');
  expect(await bothHaveRead(t, judge, limit)).toEqual([{ delta: 1 }, { delta: 1 }]);
  // One for the change before, and one for each of the two: none had to decide again.
  expect(decisions).toHaveLength(3);
});

const BOB = '<@175928847299117063>';

for (const isThere of [true, false]) {
  test(`of five changes of a member at once, over two workers, a cooldown lets one through; the pair is ${isThere ? 'known' : 'new'}`, async () => {
    await using t = await openTestDatabase();
    const other = t.another();
    const judge = judgeWith({ cooldownMs: 1_000 });
    const at = Date.UTC(2026, 10, 25);
    if (isThere) await applyKarma(t.db, [changeKarma({ [BOB]: 1 }, { at: at - 1_000 })], judge);
    const five = Array.from({ length: 5 }, (_, n) => changeKarma({ [BOB]: 1 }, { at: at + n }));
    const holder = isThere
      ? await hold(t.admin, 'SELECT FROM cooldown FOR UPDATE')
      : await hold(t.admin, `INSERT INTO cooldown VALUES (${GUILD}, 300, '${BOB}', now(), 'x', 1)`);
    const both = Promise.all([
      applyKarma(t.db, five.slice(0, 2), judge),
      applyKarma(other, five.slice(2), judge),
    ]);
    await untilBlocked(t.admin, 2);
    await holder.rollback();
    const [first, second] = await both;
    const verdicts = verdictsOf(five, new Map([...first, ...second]));
    expect(countOf(verdicts)).toBe(1);
    const counted = five[verdicts.findIndex((verdict) => !isRefused(verdict))]?.id ?? '';
    for (const verdict of verdicts.filter(isRefused))
      expect(verdict).toMatchObject({ refused: 'cooldown', earlier: counted });
    expect((await t.admin`SELECT sum(karma)::int AS karma FROM karma`)[0]?.karma).toBe(isThere ? 2 : 1);
  });
}

test('workers that reach limits together in different orders never deadlock', async () => {
  await using t = await openTestDatabase();
  const judge = judgeWith({ quota: 30, receiverLimit: 40, flood: 100_000 });
  const requests = Array.from({ length: 400 }, (_, n) =>
    changeKarma(
      { [`<@${1_000 + (n % 5)}>`]: 1, [names[n % 7] ?? '']: 1, [names[(n + 3) % 7] ?? '']: 1 },
      { userId: `${300 + (n % 11)}`, guildId: `${100 + (n % 3)}` },
    ),
  );
  const workers = [t.db, t.another(), t.another()];
  const answers = await share(workers, requests, judge, (batch) => 1 + ((batch * 7) % 23));
  const counted = countOf(verdictsOf(requests, answers));
  expect(counted).toBeGreaterThan(0);
  expect(counted).toBeLessThan(1_200);
  expect(await countedIn(t)).toEqual({ karma: counted, journal: counted, counter: counted });
  const [over] = await t.admin`
    SELECT
      (SELECT max(given) FROM (SELECT count(*) AS given FROM journal GROUP BY guild_id, giver_id, day) AS day)::int AS given,
      (SELECT max(count) FROM counter WHERE scope = 'subject') AS received`;
  expect(over?.given).toBeLessThanOrEqual(30);
  expect(over?.received).toBeLessThanOrEqual(40);
  const [stats] = await t.admin`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
  expect(stats?.deadlocks).toBe('0');
});
