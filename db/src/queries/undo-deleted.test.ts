import { expect, test } from 'bun:test';
import type { ChangeKarma } from '@popple/shared/contract/request';
import type postgres from 'postgres';
import { isTransient } from '../errors';
import { type OpenedTestDatabase, openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeKarma, undoDeleted as deletionOf, GUILD, undo as undoRequest } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';
import { undo } from './undo';
import { undoDeleted } from './undo-deleted';

const MINUTE_MS = 60_000;

const because = (request: ChangeKarma): ChangeKarma => ({
  ...request,
  changes: request.changes.map((change) => ({ ...change, reason: 'a secret' })),
});

async function totals(admin: postgres.Sql): Promise<Record<string, string>> {
  const rows = await admin`SELECT subject, karma FROM karma ORDER BY subject`;
  return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
}

async function reasons(admin: postgres.Sql): Promise<(string | null)[]> {
  const rows = await admin`SELECT reason FROM journal WHERE undoes IS NULL ORDER BY at, place`;
  return rows.map(({ reason }) => reason);
}

const choose = ({ db }: OpenedTestDatabase, value: string) =>
  changeSetting(db, [{ ...undoRequest(), kind: 'change-setting', key: 'on-delete', value }]);

const answerTo = async ({ db }: OpenedTestDatabase, request: ReturnType<typeof deletionOf>) =>
  (await undoDeleted(db, [request])).get(request.id)?.answer;

test('within the window what the message changed is taken back, its reason goes, and others stay', async () => {
  await using t = await openTestDatabase();
  const [kept, deleted] = [because(changeKarma({ x: 10 })), because(changeKarma({ x: 2, y: -1 }))];
  await applyKarma(t.db, [kept, deleted]);
  const request = deletionOf(deleted);
  expect(await answerTo(t, request)).toEqual({
    totals: [
      { display: 'x', karma: '10' },
      { display: 'y', karma: '0' },
    ],
    undoes: deleted.id,
  });
  expect(await reasons(t.admin)).toEqual(['a secret', null, null]);
  const rows = await t.admin`SELECT * FROM journal WHERE undoes IS NOT NULL`;
  expect(rows).toMatchObject([
    { request_id: request.id, undoes: deleted.id, giver_id: '300', reason: null },
    { request_id: request.id, undoes: deleted.id, giver_id: '300', reason: null },
  ]);
  const again = await undoDeleted(t.db, [request]);
  expect(again.get(request.id)).toMatchObject({ known: true, answer: { undoes: deleted.id } });
  // Another bot says another time.
  await undoDeleted(t.another(), [{ ...request, at: request.at + 1 }]);
  expect(await totals(t.admin)).toEqual({ x: '10', y: '0' });
});

test('after the window only its reason goes, and nothing comes back by a message that is long ago', async () => {
  await using t = await openTestDatabase();
  const deleted = because(changeKarma({ x: 1 }));
  await applyKarma(t.db, [deleted]);
  expect(await answerTo(t, deletionOf(deleted, 5 * MINUTE_MS + 1))).toEqual({ totals: [] });
  expect(await reasons(t.admin)).toEqual([null]);
  expect(await totals(t.admin)).toEqual({ x: '1' });
});

test.each([
  ['always', 400 * 60 * MINUTE_MS, '0'],
  ['window', 5 * MINUTE_MS, '0'],
  ['never', 0, '1'],
])('where on-delete is %s, a message deleted after %d ms leaves %s', async (value, afterMs, karma) => {
  await using t = await openTestDatabase();
  const deleted = because(changeKarma({ x: 1 }));
  await choose(t, value);
  await applyKarma(t.db, [deleted]);
  await answerTo(t, deletionOf(deleted, afterMs));
  expect(await totals(t.admin)).toEqual({ x: karma });
  expect(await reasons(t.admin)).toEqual([null]);
});

test('a message that changed nothing is answered, and leaves no row', async () => {
  await using t = await openTestDatabase();
  const old = changeKarma({ x: 1 });
  expect(await answerTo(t, deletionOf(old, 6 * MINUTE_MS))).toEqual({ totals: [] });
  expect(await t.admin`SELECT FROM ledger`).toHaveLength(0);
  expect(await t.admin`SELECT FROM undone`).toHaveLength(0);
});

test('what its author has undone is not taken back again', async () => {
  await using t = await openTestDatabase();
  const deleted = because(changeKarma({ x: 1 }));
  await applyKarma(t.db, [changeKarma({ x: 5 }, { userId: '9' }), deleted]);
  await undo(t.db, [undoRequest()]);
  expect(await answerTo(t, deletionOf(deleted))).toEqual({ totals: [], undoes: deleted.id });
  expect(await totals(t.admin)).toEqual({ x: '5' });
  expect(await reasons(t.admin)).toEqual([null, null]);
});

test('a message deleted before it is applied counts nothing when it is', async () => {
  await using t = await openTestDatabase();
  const deleted = changeKarma({ x: 1 });
  expect(await answerTo(t, deletionOf(deleted))).toEqual({ totals: [], undoes: deleted.id });
  const answer = (await applyKarma(t.db, [deleted])).get(deleted.id);
  expect(answer).toEqual({
    known: true,
    answer: { announce: false, totals: [], verdicts: [{ refused: 'deleted' }] },
  });
  expect(await totals(t.admin)).toEqual({});
});

/** What another transaction does that has not committed: it enters the message into the ledger. */
const entering = ({ id }: ChangeKarma) => `
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  VALUES ('${id}', 'change-karma', ${GUILD}, 1, 300, now(), '[]', '{"announce": true, "totals": []}')`;

test('a message and its deletion at once, at the ledger: whichever comes first, nothing of it is left', async () => {
  await using t = await openTestDatabase();
  for (const isDeletionFirst of [true, false]) {
    const deleted = changeKarma({ x: 1 });
    const holder = await hold(t.admin, entering(deleted));
    const acts = [() => undoDeleted(t.db, [deletionOf(deleted)]), () => applyKarma(t.another(), [deleted])];
    const order = isDeletionFirst ? acts : acts.toReversed();
    const both: Promise<unknown>[] = [];
    for (const act of order) {
      both.push(act());
      await untilBlocked(t.admin, both.length);
    }
    await holder.rollback();
    await Promise.all(both);
    expect((await totals(t.admin)).x ?? '0').toBe('0');
  }
});

test('two workers with the same deletion and one with an undo at once take it back once', async () => {
  await using t = await openTestDatabase();
  const deleted = changeKarma({ x: 1 });
  await applyKarma(t.db, [changeKarma({ x: 10 }, { userId: '9' }), deleted]);
  const lock = `SELECT FROM karma WHERE guild_id = ${GUILD} AND subject = 'x' FOR UPDATE`;
  const holder = await hold(t.admin, lock);
  const all = Promise.all([
    undoDeleted(t.db, [deletionOf(deleted)]),
    undoDeleted(t.another(), [deletionOf(deleted, 61_000)]),
    undo(t.another(), [undoRequest()]),
  ]);
  await untilBlocked(t.admin, 3);
  await holder.commit();
  await all;
  expect(await totals(t.admin)).toEqual({ x: '10' });
  expect(await t.admin`SELECT FROM undone`).toHaveLength(1);
});

test('a worker killed while it waits has taken nothing back; the next one does', async () => {
  await using t = await openTestDatabase();
  const deleted = because(changeKarma({ x: 1 }));
  await applyKarma(t.db, [deleted]);
  const holder = await hold(t.admin, `SELECT FROM karma WHERE guild_id = ${GUILD} FOR UPDATE`);
  const killed = undoDeleted(t.another(), [deletionOf(deleted)]).then(() => 'applied', isTransient);
  await untilBlocked(t.admin, 1);
  await t.admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  expect(await killed).toBe(true);
  await holder.commit();
  expect(await reasons(t.admin)).toEqual(['a secret']);
  expect((await answerTo(t, deletionOf(deleted)))?.undoes).toBe(deleted.id);
  expect(await totals(t.admin)).toEqual({ x: '0' });
});

test('of a bulk each is told its own totals, and nothing asked is nothing done', async () => {
  await using t = await openTestDatabase();
  const all = [1, 10, 100].map((delta) => changeKarma({ x: delta }));
  await applyKarma(t.db, all);
  const requests = all.map((one) => deletionOf(one));
  const answers = await undoDeleted(t.db, requests);
  expect(requests.map(({ id }) => answers.get(id)?.answer.totals[0]?.karma)).toEqual(['110', '100', '0']);
  expect(await undoDeleted(t.db, [])).toEqual(new Map());
});

test('what was told holds: a deletion takes back what it took back, whatever the settings are now', async () => {
  await using t = await openTestDatabase();
  const [taken, kept, early] = [changeKarma({ x: 1 }), changeKarma({ y: 1 }), changeKarma({ z: 1 })];
  await choose(t, 'never');
  await applyKarma(t.db, [taken, kept]);
  const told = new Map([
    [deletionOf(taken).id, { undoes: taken.id }],
    [deletionOf(kept).id, {}],
    [deletionOf(early).id, { undoes: early.id }],
  ]);
  const deletions = [taken, kept, early].map((one) => deletionOf(one));
  await undoDeleted(t.db, deletions.slice(0, 1), (id) => told.get(id));
  await choose(t, 'always');
  await undoDeleted(t.db, deletions.slice(1), (id) => told.get(id));
  await applyKarma(t.db, [early]);
  expect(await totals(t.admin)).toEqual({ x: '0', y: '1' });
});
