import { expect, test } from 'bun:test';
import { eventSchema } from '@popple/shared/contract/kinds';
import type { Moderation, ModerationKind } from '@popple/shared/contract/request';
import type postgres from 'postgres';
import type { Applied } from '../answer';
import type { Database } from '../client';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeAnnounce, changeKarma, checkHistory, GUILD, moderate } from '../testing/requests';
import { adjust } from './adjust';
import { applyKarma } from './apply-karma';
import { block, unblock } from './block';
import { changeSetting } from './change-setting';
import { checkHistory as readHistory } from './check-history';
import { merge } from './merge';
import { readAudit } from './read-audit';
import { readKnown } from './read-known';
import { remove } from './remove';
import { undoAll } from './undo-all';
import { undoRequest } from './undo-request';

type Query = (db: Database, requests: readonly Moderation[]) => Promise<Map<string, Applied<unknown>>>;

/** Each query, for the requests of its kind. */
const QUERIES = {
  adjust,
  block,
  unblock,
  merge,
  remove,
  'undo-request': undoRequest,
  'undo-all': undoAll,
} as { [K in ModerationKind]: unknown } as {
  [K in ModerationKind]: Query;
};

/** Applies requests of one kind. */
function apply(db: Database, first: Moderation, ...more: Moderation[]): ReturnType<Query> {
  return QUERIES[first.kind](db, [first, ...more]);
}

const answerTo = async (db: Database, request: Moderation) =>
  (await apply(db, request)).get(request.id)?.answer;

async function totals(admin: postgres.Sql): Promise<Record<string, string>> {
  const rows = await admin`SELECT subject, karma FROM karma WHERE guild_id = ${GUILD} ORDER BY subject`;
  return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
}

async function excludedIn(db: Database) {
  return (await readKnown(db, [], [GUILD])).excluded.get(GUILD);
}

/** One of each kind, and what it makes of `Alice: 5, bob: 3`. */
const EACH: [Moderation, Record<string, string>, unknown][] = [
  [moderate.adjust('Alice', -7), { alice: '-2', bob: '3' }, { total: { display: 'Alice', karma: '-2' } }],
  [moderate.block('301'), { alice: '5', bob: '3' }, { memberId: '301' }],
  [moderate.unblock('301'), { alice: '5', bob: '3' }, { memberId: '301' }],
  [
    moderate.merge('Alice', 'BOB'),
    { bob: '8' },
    { from: 'Alice', moved: '5', total: { display: 'bob', karma: '8' } },
  ],
  [moderate.remove('ALICE'), { bob: '3' }, { display: 'Alice', karma: '5' }],
];

test.each(EACH)('%j', async (request, after, answer) => {
  await using t = await openTestDatabase();
  const given = changeKarma({ Alice: 5, bob: 3 });
  await applyKarma(t.db, [given]);
  expect(await apply(t.db, request, request)).toEqual(new Map([[request.id, { answer, known: false }]]));
  // Delivered again, to another worker.
  expect(await apply(t.another(), request)).toEqual(new Map([[request.id, { answer, known: true }]]));
  expect(await totals(t.admin)).toEqual(after);
  const [entry, ...more] = await t.admin`SELECT * FROM ledger WHERE request_id <> ${given.id}`;
  expect(more).toEqual([]);
  const { v: _, kind, id, at, guildId, origin: __, reason: ___, ...asked } = request;
  expect(entry).toMatchObject({
    request_id: id,
    kind,
    guild_id: guildId,
    at: new Date(at),
    changes: asked,
    answer,
  });
  expect(await readAudit(t.db, { guildId: GUILD, limit: 10 })).toMatchObject([
    { requestId: id, at, kind, userId: '300' },
  ]);
});

for (const [request, after] of EACH)
  test(`two workers with the same ${request.kind} at once: one applies it, the other knows`, async () => {
    await using t = await openTestDatabase();
    await applyKarma(t.db, [changeKarma({ alice: 5, bob: 3 })]);
    await t.admin`INSERT INTO exclusion VALUES (${GUILD}, 'blocked', 301, false, 'epoch', '1')`;
    // Each kind changes one of these rows.
    const holder = await hold(
      t.admin,
      `SELECT FROM karma, exclusion WHERE karma.subject = 'alice' FOR UPDATE`,
    );
    const both = Promise.all([apply(t.db, request), apply(t.another(), request)]);
    await untilBlocked(t.admin, 2);
    await holder.commit();
    const results = (await both).map((answers) => answers.get(request.id));
    expect(results.map((one) => one?.known).sort()).toEqual([false, true]);
    expect(results[0]?.answer).toEqual(results[1]?.answer);
    expect(await totals(t.admin)).toEqual(after);
    expect(await readAudit(t.db, { guildId: GUILD, limit: 10 })).toHaveLength(1);
  });

test('an id that is another kind already is refused', async () => {
  await using t = await openTestDatabase();
  const request = moderate.adjust('x', 1);
  await apply(t.db, request);
  await expect(apply(t.db, { ...moderate.remove('x'), id: request.id })).rejects.toThrow('in the ledger as');
  expect(await totals(t.admin)).toEqual({ x: '1' });
});

test('an adjustment is in the journal, on the day of the server, and nobody gave it', async () => {
  await using t = await openTestDatabase();
  const at = Date.UTC(2026, 10, 25, 23, 30);
  const request = moderate.adjust('Alice', 1_000_000_000, { at });
  const asked: unknown[] = [];
  await adjust(t.db, [request], (requests) => {
    asked.push(...requests);
    const judged = { verdict: { delta: 1 }, day: Date.UTC(2026, 10, 26) };
    const changes = new Map(requests.map(({ id }) => [id, [judged]]));
    return {
      wanted: { givers: [], counters: [], pairs: [] },
      decide: () => ({ changes, counters: [], pairs: [] }),
    };
  });
  expect(asked).toMatchObject([{ kind: 'change-karma', id: request.id, at, origin: { kind: 'operator' } }]);
  expect([...(await t.admin`SELECT * FROM journal`)]).toMatchObject([
    {
      day: new Date(Date.UTC(2026, 10, 26)),
      at: new Date(at),
      request_id: request.id,
      place: 1,
      giver_id: null,
      nth: null,
      subject: 'alice',
      delta: 1_000_000_000,
      reason: 'counted twice',
    },
  ]);
  await apply(t.db, moderate.adjust('alice', 1_000_000_000));
  await apply(t.db, moderate.adjust('alice', 1_000_000_000));
  expect(await totals(t.admin)).toEqual({ alice: '3000000000' });
});

test('the history has an adjustment of any size, by nobody', async () => {
  await using t = await openTestDatabase();
  const request = moderate.adjust('Alice', -1_000_000_000);
  await apply(t.db, request);
  const asked = checkHistory({ subject: request.subject });
  const page = (await readHistory(t.db, [asked])).get(asked.id);
  const { kind: _, ...envelope } = asked;
  const event = { ...envelope, kind: 'history-checked', side: 'received', ...page };
  expect(eventSchema.parse(event)).toMatchObject({
    entries: [{ requestId: request.id, display: 'Alice', delta: -1_000_000_000, reason: 'counted twice' }],
  });
  expect(page?.entries[0]).not.toHaveProperty('giverId');
});

test('an adjustment that would leave 64 bits is refused, and leaves nothing behind', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO karma VALUES (${GUILD}, 'rich', 'rich', 9223372036854775807)`;
  await expect(apply(t.db, moderate.adjust('rich', 1))).rejects.toThrow('out of range');
  expect([...(await t.admin`SELECT FROM journal`), ...(await t.admin`SELECT FROM audit`)]).toEqual([]);
});

test('of blocking and unblocking a member the latest holds, whatever comes first', async () => {
  await using t = await openTestDatabase();
  const [first, second, third] = [moderate.block('301'), moderate.unblock('301'), moderate.block('301')];
  const other = moderate.block('302', { guildId: '5' });
  await block(t.db, [first, other]);
  expect(await excludedIn(t.db)).toEqual({ blocked: new Set(['301']), optedOut: new Set() });
  await block(t.db, [third]);
  await unblock(t.db, [second]);
  expect((await excludedIn(t.db))?.blocked).toEqual(new Set(['301']));
  await unblock(t.db, [moderate.unblock('301')]);
  expect(await excludedIn(t.db)).toBeUndefined();
  await t.admin`INSERT INTO exclusion VALUES (${GUILD}, 'opted-out', 303, true, now(), 'x')`;
  expect(await excludedIn(t.db)).toEqual({ blocked: new Set(), optedOut: new Set(['303']) });
});

test('what is merged or removed is on no board and in no search, and the journal says what it was given', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ alcie: 5, alice: 3, rude: 9 })]);
  await t.admin`INSERT INTO name_index VALUES (${GUILD}, true)`;
  await t.admin`INSERT INTO subject_name SELECT guild_id, subject, display FROM karma`;
  await apply(t.db, moderate.merge('alcie', 'alice'));
  await apply(t.db, moderate.remove('rude'));
  expect(await totals(t.admin)).toEqual({ alice: '8' });
  expect((await t.admin`SELECT subject FROM subject_name`).map(({ subject }) => subject)).toEqual(['alice']);
  const rows = await t.admin`SELECT subject, delta FROM journal ORDER BY subject`;
  expect(rows.map(({ subject, delta }) => [subject, delta])).toEqual([
    ['alcie', 5],
    ['alice', 3],
    ['rude', 9],
  ]);
});

test('a merge into what nobody has changed takes its name; a merge of what nobody has changed does nothing', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ Alcie: 5 })]);
  expect(await answerTo(t.db, moderate.merge('alcie', 'ALICE'))).toEqual({
    from: 'Alcie',
    moved: '5',
    total: { display: 'ALICE', karma: '5' },
  });
  expect(await answerTo(t.db, moderate.merge('Alcie', 'alice'))).toEqual({
    from: 'Alcie',
    total: { display: 'ALICE', karma: '5' },
  });
  expect(await answerTo(t.db, moderate.merge('nobody', 'Nothing'))).toEqual({
    from: 'nobody',
    total: { display: 'Nothing', karma: '0' },
  });
  expect(await answerTo(t.db, moderate.remove('Nobody'))).toEqual({ display: 'Nobody' });
  expect(await totals(t.admin)).toEqual({ alice: '5' });
});

test('what was told holds, whatever was added before it or after', async () => {
  await using t = await openTestDatabase();
  const told = new Map([
    ['moved', { karma: '3' }],
    ['removed', { karma: '-2' }],
    ['nothing', {}],
  ]);
  const of = (id: string) => told.get(id);
  const merged = { ...moderate.merge('from', 'into'), id: 'moved' };
  const removed = { ...moderate.remove('rude'), id: 'removed' };
  const late = { ...moderate.merge('late', 'into'), id: 'nothing' };
  const steps = [
    () => applyKarma(t.db, [changeKarma({ from: 3, rude: -2 })]),
    () => merge(t.db, [merged, late], of),
    () => remove(t.db, [removed], of),
    () => applyKarma(t.db, [changeKarma({ from: 1, late: 7, into: 10 })]),
  ];
  const ends = new Set<string>();
  for (const order of [steps, steps.toReversed(), [1, 3, 0, 2].map((at) => steps[at])]) {
    for (const step of order) await step?.();
    // Where a subject was taken away first, a row of 0 stays.
    const left = Object.entries(await totals(t.admin)).filter(([, karma]) => karma !== '0');
    ends.add(JSON.stringify(Object.fromEntries(left)));
    await t.admin`TRUNCATE karma, ledger, journal, audit`;
  }
  expect([...ends]).toEqual([JSON.stringify({ from: '1', into: '13', late: '7' })]);
});

test('merges in one batch see each other, in order', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ a: 1, b: 10, c: 100 })]);
  await merge(t.db, [moderate.merge('a', 'b'), moderate.merge('b', 'c'), moderate.merge('c', 'a')]);
  expect(await totals(t.admin)).toEqual({ a: '111' });
});

test('what is added to a subject while a merge waits for it is moved too', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ from: 1, into: 10 })]);
  const holder = await hold(t.admin, `UPDATE karma SET karma = karma + 100 WHERE subject = 'from'`);
  const answer = answerTo(t.db, moderate.merge('from', 'into'));
  await untilBlocked(t.admin, 1);
  await holder.commit();
  expect(await answer).toMatchObject({ moved: '101', total: { karma: '111' } });
  expect(await totals(t.admin)).toEqual({ into: '111' });
});

test('what is added to a subject after it was taken away is its first', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ from: 1, into: 10 })]);
  const holder = await hold(t.admin, `SELECT FROM karma WHERE subject = 'into' FOR UPDATE`);
  const merged = answerTo(t.db, moderate.merge('from', 'into'));
  await untilBlocked(t.admin, 1);
  const late = changeKarma({ from: 1_000 });
  const changed = applyKarma(t.another(), [late]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  expect(await merged).toMatchObject({ moved: '1', total: { karma: '11' } });
  expect((await changed).get(late.id)?.answer.totals).toEqual([{ display: 'from', karma: '1000' }]);
  expect(await totals(t.admin)).toEqual({ from: '1000', into: '11' });
});

test('merges both ways among changes of two workers lose nothing, and never deadlock', async () => {
  await using t = await openTestDatabase();
  const names = ['a', 'b', 'c', 'd'];
  await applyKarma(t.db, [changeKarma({ a: 1, b: 1, c: 1, d: 1 })]);
  const work = async (db: Database, turn: number) => {
    for (let round = 0; round < 60; round += 1) {
      const batch = Array.from({ length: 10 }, () => changeKarma({ a: 1, b: 1, c: 1, d: 1 }));
      await applyKarma(db, batch);
      const [from, into] = [names[(round + turn) % 4] ?? '', names[(round * 3 + turn + 1) % 4] ?? ''];
      if (from !== into) await apply(db, moderate.merge(from, into));
    }
  };
  await Promise.all([work(t.db, 0), work(t.another(), 2)]);
  const [row] =
    await t.admin`SELECT sum(karma)::int AS karma, (SELECT sum(delta)::int FROM journal) AS given FROM karma`;
  expect(row).toEqual({ karma: 4 + 2 * 60 * 40, given: 4 + 2 * 60 * 40 });
  const [stats] = await t.admin`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
  expect(stats?.deadlocks).toBe('0');
});

test('the log says who did what to whom, when and why, page by page, server by server', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ Alice: 5, Bob: 1 })]);
  const requests = [
    moderate.adjust('Alice', -2, { userId: '302' }),
    { ...moderate.block('301'), origin: { kind: 'operator', who: 'ops@host' } } as const,
    moderate.unblock('301'),
    moderate.merge('Alice', 'Bob'),
    moderate.remove('BOB'),
  ];
  for (const request of requests) await apply(t.db, request);
  await apply(t.db, moderate.remove('x', { guildId: '5' }));
  const place = (index: number) => ({ at: requests[index]?.at ?? 0, requestId: requests[index]?.id ?? '' });
  const log = await readAudit(t.db, { guildId: GUILD, limit: 100 });
  expect(log).toEqual([
    { ...place(4), kind: 'remove', userId: '300', target: 'bob', details: { karma: '4' } },
    { ...place(3), kind: 'merge', userId: '300', target: 'alice', details: { into: 'bob', karma: '3' } },
    { ...place(2), kind: 'unblock', userId: '300', target: '<@301>', details: {} },
    { ...place(1), kind: 'block', operator: 'ops@host', target: '<@301>', details: {}, reason: 'spam' },
    {
      ...place(0),
      kind: 'adjust',
      userId: '302',
      target: 'alice',
      details: { amount: '-2', karma: '3' },
      reason: 'counted twice',
    },
  ]);
  const pages = await Promise.all(log.map((before) => readAudit(t.db, { guildId: GUILD, limit: 1, before })));
  expect(pages.flat()).toEqual(log.slice(1));
});

test('other requests are in no log', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1 })]);
  await changeSetting(t.db, [changeAnnounce(false)]);
  expect(await readAudit(t.db, { guildId: GUILD, limit: 10 })).toEqual([]);
});

test('nothing asked is nothing done', async () => {
  await using t = await openTestDatabase();
  for (const query of Object.values(QUERIES)) expect(await query(t.db, [])).toEqual(new Map());
});
