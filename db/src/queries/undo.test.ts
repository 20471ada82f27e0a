import { expect, test } from 'bun:test';
import type { ChangeKarma, Undo } from '@popple/shared/contract/request';
import type postgres from 'postgres';
import type { Database } from '../client';
import { isTransient } from '../errors';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeKarma, GUILD, checkHistory as historyRequest, undo as undoRequest } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';
import { checkHistory } from './check-history';
import { undo } from './undo';

const MINUTE_MS = 60_000;

async function totals(admin: postgres.Sql): Promise<Record<string, string>> {
  const rows = await admin`SELECT subject, karma FROM karma ORDER BY subject`;
  return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
}

/** That karma is what the journal adds up to. */
async function expectJournaled(admin: postgres.Sql): Promise<void> {
  const rows = await admin`
    SELECT subject, karma - coalesce(
      (SELECT sum(delta) FROM journal WHERE journal.guild_id = karma.guild_id AND journal.subject = karma.subject), 0
    ) AS off
    FROM karma`;
  expect(rows.filter(({ off }) => off !== '0')).toEqual([]);
}

const answerTo = async (db: Database, request: Undo) => (await undo(db, [request])).get(request.id)?.answer;

test('the last change of the member in the server is taken back, and nothing else', async () => {
  await using t = await openTestDatabase();
  const [before, last] = [changeKarma({ x: 10 }), changeKarma({ x: 2, Y: -3 })];
  await applyKarma(t.db, [
    before,
    last,
    changeKarma({ x: 100 }, { userId: '301' }),
    changeKarma({ x: 1_000 }, { guildId: '5' }),
  ]);
  const request = undoRequest();
  expect(await answerTo(t.db, request)).toEqual({
    totals: [
      { display: 'x', karma: '110' },
      { display: 'Y', karma: '0' },
    ],
    undoes: last.id,
  });
  const rows = await t.admin`SELECT * FROM journal WHERE undoes IS NOT NULL ORDER BY place`;
  expect(rows).toMatchObject([
    {
      request_id: request.id,
      undoes: last.id,
      subject: 'x',
      delta: -2,
      place: 1,
      giver_id: '300',
      reason: null,
    },
    {
      request_id: request.id,
      undoes: last.id,
      subject: 'y',
      delta: 3,
      place: 2,
      giver_id: '300',
      reason: null,
    },
  ]);
  const [entered] = await t.admin`SELECT kind, changes FROM ledger WHERE request_id = ${request.id}`;
  const changes = [
    { subject: 'x', delta: -2 },
    { subject: 'y', delta: 3 },
  ];
  expect(entered).toEqual({ kind: 'undo', changes });
  await expectJournaled(t.admin);
});

test('who undoes again is told so, and what came before stays', async () => {
  await using t = await openTestDatabase();
  const [first, last] = [changeKarma({ x: 1 }), changeKarma({ x: 1 })];
  await applyKarma(t.db, [first, last]);
  const batch = [undoRequest(), undoRequest()];
  const together = await undo(t.db, batch);
  expect(batch.map(({ id }) => together.get(id)?.answer)).toEqual([
    { totals: [{ display: 'x', karma: '1' }], undoes: last.id },
    { totals: [], undoes: last.id },
  ]);
  expect(await answerTo(t.db, undoRequest())).toEqual({ totals: [], undoes: last.id });
  expect(await totals(t.admin)).toEqual({ x: '1' });
  await expectJournaled(t.admin);
});

test('an undo delivered again is known, even twice in one batch, and takes back nothing more', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1 })]);
  const request = undoRequest();
  const once = await undo(t.db, [request, request]);
  await applyKarma(t.db, [changeKarma({ x: 5 })]);
  const again = await undo(t.db, [request]);
  expect(again.get(request.id)).toEqual({ known: true, answer: once.get(request.id)?.answer as never });
  expect(await totals(t.admin)).toEqual({ x: '5' });
});

test('only what changed within the window is undone, and never what came later', async () => {
  await using t = await openTestDatabase();
  const change = changeKarma({ x: 1 });
  await applyKarma(t.db, [change]);
  const after = (ms: number) => ({ ...undoRequest(), at: change.at + ms });
  expect(await answerTo(t.db, after(-1))).toEqual({ totals: [] });
  expect(await answerTo(t.db, after(5 * MINUTE_MS + 1))).toEqual({ totals: [] });
  await changeSetting(t.db, [
    { ...undoRequest(), kind: 'change-setting', key: 'undo-window', value: 60 },
    { ...undoRequest({ guildId: '5' }), kind: 'change-setting', key: 'undo-window', value: 0 },
  ]);
  expect(await answerTo(t.db, after(MINUTE_MS + 1))).toEqual({ totals: [] });
  expect(await answerTo(t.db, after(MINUTE_MS))).toMatchObject({ undoes: change.id });
});

test('an undo that was told takes back what it took back, or nothing, whatever came between and whatever the window is now', async () => {
  await using t = await openTestDatabase();
  const [meant, later] = [changeKarma({ x: 1 }), changeKarma({ x: 10 })];
  await applyKarma(t.db, [meant, later]);
  const request = { ...undoRequest(), at: meant.at + 24 * 60 * MINUTE_MS };
  const nothing = undoRequest();
  const answers = await undo(t.db, [nothing, request], (id) =>
    id === request.id ? { undoes: meant.id } : {},
  );
  expect(answers.get(nothing.id)?.answer).toEqual({ totals: [] });
  expect(answers.get(request.id)?.answer).toEqual({
    totals: [{ display: 'x', karma: '10' }],
    undoes: meant.id,
  });
  expect(await totals(t.admin)).toEqual({ x: '10' });
});

test('nothing is undone for who changed nothing, or of whom nobody knows', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1 })]);
  const byOperator = { ...undoRequest(), origin: { kind: 'operator', who: 'ops' } } as const;
  expect(await answerTo(t.db, undoRequest({ userId: '301' }))).toEqual({ totals: [] });
  expect(await answerTo(t.db, undoRequest({ guildId: '5' }))).toEqual({ totals: [] });
  expect(await answerTo(t.db, byOperator)).toEqual({ totals: [] });
  expect(await undo(t.db, [])).toEqual(new Map());
});

test('of several in one batch each is told its own total, as if they had come one by one', async () => {
  await using t = await openTestDatabase();
  const givers = ['301', '302', '303'];
  await applyKarma(
    t.db,
    givers.map((userId, index) => changeKarma({ x: 10 ** index, [`y${userId}`]: 1 }, { userId })),
  );
  const batch = givers.map((userId) => undoRequest({ userId }));
  const answers = await undo(t.db, batch);
  expect(batch.map(({ id }) => answers.get(id)?.answer.totals[0]?.karma)).toEqual(['110', '100', '0']);
  await expectJournaled(t.admin);
});

test('the history says of a change that it was undone, and the undo is no entry of its own', async () => {
  await using t = await openTestDatabase();
  const change = changeKarma({ x: 1 });
  await applyKarma(t.db, [change]);
  const request = undoRequest();
  await undo(t.db, [request]);
  const subject = { subject: 'x', display: 'x' };
  const asked = [historyRequest({ subject }), historyRequest({ side: 'given' })];
  const pages = await checkHistory(t.db, asked);
  for (const { id } of asked)
    expect(pages.get(id)?.entries).toMatchObject([{ requestId: change.id, undoneAt: request.at }]);
});

/*
 * Two workers at the same moment. A third connection holds a lock, so that both stand at a chosen point of the statement before
 * either can go on.
 */

const LOCK_ROW = `SELECT FROM karma WHERE guild_id = ${GUILD} AND subject = 'x' FOR UPDATE`;
const mark = ({ id }: ChangeKarma) => `INSERT INTO undone VALUES ('${id}', ${GUILD}, 'another', now())`;

test('two undos of one change at once: one takes it back, the other is told that it is undone', async () => {
  await using t = await openTestDatabase();
  const [before, change] = [changeKarma({ x: 10 }), changeKarma({ x: 1 })];
  await applyKarma(t.db, [before, change]);
  const [one, other] = [undoRequest(), undoRequest()];
  const holder = await hold(t.admin, LOCK_ROW);
  const both = Promise.all([answerTo(t.db, one), answerTo(t.another(), other)]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const answers = await both;
  expect(answers.map((answer) => answer?.totals.length).sort()).toEqual([0, 1]);
  expect(answers.map((answer) => answer?.undoes)).toEqual([change.id, change.id]);
  expect(await totals(t.admin)).toEqual({ x: '10' });
  await expectJournaled(t.admin);
});

test('two workers with the same undo at once: one applies it, the other knows', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 10 }), changeKarma({ x: 1 })]);
  const request = undoRequest();
  const holder = await hold(t.admin, LOCK_ROW);
  const both = Promise.all([undo(t.db, [request]), undo(t.another(), [request])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const applied = (await both).map((answers) => answers.get(request.id));
  expect(applied.map((one) => one?.known).sort()).toEqual([false, true]);
  expect(applied[0]?.answer).toEqual(applied[1]?.answer as never);
  expect(await totals(t.admin)).toEqual({ x: '10' });
});

for (const how of ['commit', 'rollback'] as const) {
  test(`an undo waits for another that ends by ${how}`, async () => {
    await using t = await openTestDatabase();
    const change = changeKarma({ x: 1 });
    await applyKarma(t.db, [change]);
    const holder = await hold(t.admin, mark(change));
    const answer = answerTo(t.db, undoRequest());
    await untilBlocked(t.admin, 1);
    await holder[how]();
    expect((await answer)?.totals).toEqual(how === 'commit' ? [] : [{ display: 'x', karma: '0' }]);
    expect(await totals(t.admin)).toEqual({ x: how === 'commit' ? '1' : '0' });
  });
}

test('a worker killed while it waits has undone nothing; the next one to get the request does', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1 })]);
  const request = undoRequest();
  const holder = await hold(t.admin, LOCK_ROW);
  const killed = undo(t.another(), [request]).then(() => 'applied', isTransient);
  await untilBlocked(t.admin, 1);
  await t.admin`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  expect(await killed).toBe(true);
  await holder.commit();
  expect(await totals(t.admin)).toEqual({ x: '1' });
  expect((await undo(t.db, [request])).get(request.id)?.known).toBe(false);
  expect(await totals(t.admin)).toEqual({ x: '0' });
});

/** Does it as svc does: again, for as long as the database is to blame. */
async function patiently(action: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await action());
    } catch (error) {
      if (!isTransient(error)) throw error;
      await Bun.sleep(5);
    }
  }
}

test('changes and undos of the same subjects by several workers neither lose nor double a point', async () => {
  await using t = await openTestDatabase();
  const workers = [t.db, t.another(), t.another()];
  const givers = Array.from({ length: 12 }, (_, n) => String(400 + n));
  const changes = givers.map((userId) => changeKarma({ x: 1, y: 1, z: 1 }, { userId }));
  await applyKarma(t.db, changes);
  const undos = givers.flatMap((userId) => [undoRequest({ userId }), undoRequest({ userId })]);
  const more = givers.map(() => changeKarma({ z: 1, x: 1 }, { userId: '500' }));
  await Promise.all(
    workers.flatMap((db, worker) => [
      patiently(() => undo(db, worker % 2 === 0 ? undos : undos.toReversed())),
      patiently(() => applyKarma(db, more)),
    ]),
  );
  expect(await totals(t.admin)).toEqual({ x: '12', y: '0', z: '12' });
  await expectJournaled(t.admin);
});
