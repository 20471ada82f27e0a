import { expect, test } from 'bun:test';
import { MAX_UNDONE_AT_ONCE } from '@popple/shared/contract/limits';
import type postgres from 'postgres';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeKarma, GUILD, moderate, undo as undoByMember } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { readAudit } from './read-audit';
import { undo } from './undo';
import { undoAll } from './undo-all';
import { undoRequest } from './undo-request';

const SPAMMER = '666';

async function totals(admin: postgres.Sql): Promise<Record<string, string>> {
  const rows = await admin`SELECT subject, karma FROM karma WHERE guild_id = ${GUILD} ORDER BY subject`;
  return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
}

/** That karma is what the journal adds up to. */
async function expectJournaled(admin: postgres.Sql): Promise<void> {
  const rows = await admin`
    SELECT karma - coalesce((
      SELECT sum(delta) FROM journal WHERE journal.subject = karma.subject AND journal.guild_id = karma.guild_id
    ), 0) AS off
    FROM karma`;
  expect(rows.filter(({ off }) => off !== '0')).toEqual([]);
}

test('a moderator undoes what any message changed, once, whoever asks and whenever', async () => {
  await using t = await openTestDatabase();
  const old = changeKarma({ X: 2, y: -3 }, { userId: SPAMMER });
  await applyKarma(t.db, [changeKarma({ x: 10 }), old, changeKarma({ x: 100 }, { userId: SPAMMER })]);
  const [one, other] = [
    moderate.undoRequest(old.id, { at: old.at + 86_400_000 * 300 }),
    moderate.undoRequest(old.id),
  ];
  const answers = await undoRequest(t.db, [one, one, other]);
  expect(answers.get(one.id)).toEqual({
    answer: {
      undoes: old.id,
      totals: [
        { display: 'x', karma: '110' },
        { display: 'y', karma: '0' },
      ],
      wasUndone: false,
    },
    known: false,
  });
  expect(answers.get(other.id)?.answer).toEqual({ undoes: old.id, totals: [], wasUndone: true });
  expect((await undoRequest(t.another(), [one])).get(one.id)).toMatchObject({ known: true });
  expect(await totals(t.admin)).toEqual({ x: '110', y: '0' });
  await expectJournaled(t.admin);
  const log = await readAudit(t.db, { guildId: GUILD, limit: 10 });
  expect(log.map(({ target, details }) => [target, details])).toEqual(
    expect.arrayContaining([
      [`<@${SPAMMER}>`, { undoes: old.id, requests: 1 }],
      [`<@${SPAMMER}>`, { undoes: old.id, requests: 0 }],
    ]),
  );
});

test('what nobody changed, or somebody in another server, is not undone', async () => {
  await using t = await openTestDatabase();
  const elsewhere = changeKarma({ x: 1 }, { guildId: '5' });
  const byOperator = { ...changeKarma({ x: 7 }), origin: { kind: 'operator', who: 'ops' } } as const;
  await applyKarma(t.db, [elsewhere, byOperator]);
  for (const undoes of [elsewhere.id, byOperator.id, '1', 'reaction.1.2.3.added', '9'.repeat(19)]) {
    const request = moderate.undoRequest(undoes);
    const answer = (await undoRequest(t.db, [request])).get(request.id)?.answer;
    expect(answer).toEqual({ undoes, totals: [], wasUndone: false });
  }
  expect(await totals(t.admin)).toEqual({ x: '7' });
});

test('a message that the ledger has forgotten is found by its id, any other request is not', async () => {
  await using t = await openTestDatabase();
  const message = changeKarma({ x: 1 }, { userId: SPAMMER });
  const reaction = { ...changeKarma({ x: 10 }, { userId: SPAMMER }), id: 'reaction.1.2.3.added' };
  await applyKarma(t.db, [message, reaction]);
  const known = moderate.undoRequest(reaction.id);
  await t.admin`DELETE FROM ledger WHERE request_id = ${message.id}`;
  const forgotten = moderate.undoRequest(message.id);
  const answers = await undoRequest(t.db, [known, forgotten]);
  expect([known, forgotten].map(({ id }) => answers.get(id)?.answer.totals)).toEqual([
    [{ display: 'x', karma: '1' }],
    [{ display: 'x', karma: '0' }],
  ]);
});

test('an undo of the member and one of a moderator at once: one takes it back', async () => {
  await using t = await openTestDatabase();
  const change = changeKarma({ x: 1 });
  await applyKarma(t.db, [change]);
  const [own, theirs] = [undoByMember(), moderate.undoRequest(change.id)];
  const holder = await hold(t.admin, `SELECT FROM karma FOR UPDATE`);
  const both = Promise.all([undo(t.db, [own]), undoRequest(t.another(), [theirs])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const [first, second] = await both;
  const taken = [first.get(own.id)?.answer.totals.length, second.get(theirs.id)?.answer.totals.length];
  expect(taken.sort()).toEqual([0, 1]);
  expect(await totals(t.admin)).toEqual({ x: '0' });
});

test('all that a member changed since a time is undone, and nothing of before, of after, or of others', async () => {
  await using t = await openTestDatabase();
  const by = (userId: string, delta: number) => changeKarma({ x: delta, y: 1 }, { userId });
  const before = by(SPAMMER, 1);
  const spree = [by(SPAMMER, 10), by('301', 100), by(SPAMMER, 1_000)];
  const [first] = spree;
  const request = moderate.undoAll(SPAMMER, first?.at ?? 0);
  const after = by(SPAMMER, 10_000);
  await applyKarma(t.db, [before, ...spree, after, changeKarma({ x: 1 }, { userId: SPAMMER, guildId: '5' })]);
  // One of them is undone already.
  await undoRequest(t.db, [moderate.undoRequest(first?.id ?? '')]);
  const answers = await undoAll(t.db, [request, request]);
  expect(answers).toEqual(
    new Map([[request.id, { answer: { memberId: SPAMMER, requests: 1, hasMore: false }, known: false }]]),
  );
  expect((await undoAll(t.another(), [request])).get(request.id)?.known).toBe(true);
  expect(await totals(t.admin)).toEqual({ x: '10101', y: '3' });
  await expectJournaled(t.admin);
  expect(await readAudit(t.db, { guildId: GUILD, limit: 10 })).toContainEqual({
    at: request.at,
    requestId: request.id,
    kind: 'undo-all',
    userId: '300',
    target: `<@${SPAMMER}>`,
    details: { since: first?.at ?? 0, requests: 1 },
  });
});

test('of a long spree a thousand requests are undone at once, the newest first, and the rest by asking again', async () => {
  await using t = await openTestDatabase();
  const count = MAX_UNDONE_AT_ONCE + 20;
  const spree = Array.from({ length: count }, () => changeKarma({ x: 1 }, { userId: SPAMMER }));
  await applyKarma(t.db, spree.slice(0, 1_000));
  await applyKarma(t.db, spree.slice(1_000));
  const asked = [moderate.undoAll(SPAMMER, 0), moderate.undoAll(SPAMMER, 0), moderate.undoAll(SPAMMER, 0)];
  const left: string[] = [];
  for (const request of asked) {
    const answer = (await undoAll(t.db, [request])).get(request.id)?.answer;
    left.push(`${answer?.requests} ${answer?.hasMore} ${(await totals(t.admin)).x}`);
    if (left.length > 1) continue;
    const rows = await t.admin`SELECT request_id FROM undone WHERE request_id = ${spree[0]?.id ?? ''}`;
    expect(rows.length).toBe(0);
  }
  expect(left).toEqual(['1000 true 20', '20 false 0', '0 false 0']);
  await expectJournaled(t.admin);
}, 60_000);

test('two moderators undo a spree while it goes on: each request is taken back once at most', async () => {
  await using t = await openTestDatabase();
  const spree = Array.from({ length: 200 }, (_, n) =>
    changeKarma({ [`s${n % 7}`]: 1, x: 1 }, { userId: SPAMMER }),
  );
  const since = spree[0]?.at ?? 0;
  const giving = async () => {
    for (let from = 0; from < 200; from += 20) await applyKarma(t.db, spree.slice(from, from + 20));
  };
  const undoing = async (db = t.another()) => {
    let requests = 0;
    for (let turn = 0; turn < 6; turn += 1) {
      const request = moderate.undoAll(SPAMMER, since);
      requests += (await undoAll(db, [request])).get(request.id)?.answer.requests ?? 0;
    }
    return requests;
  };
  const [, ...undone] = await Promise.all([giving(), undoing(), undoing()]);
  const last = moderate.undoAll(SPAMMER, since);
  const rest = (await undoAll(t.db, [last])).get(last.id)?.answer.requests ?? 0;
  expect(undone.reduce((sum, one) => sum + one, rest)).toBe(200);
  expect(new Set(Object.values(await totals(t.admin)))).toEqual(new Set(['0']));
  await expectJournaled(t.admin);
}, 60_000);
