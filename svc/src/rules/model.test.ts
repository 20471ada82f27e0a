import { expect, test } from 'bun:test';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { openTestDatabase } from '@popple/db/testing/database';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { userIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { isRefused } from '@popple/shared/contract/verdict';
import fc from 'fast-check';
import { judgeBatch } from './judge-batch';
import { PRESETS, type RuleSettings } from './settings';

/* However a supply of requests is cut into batches, and whatever is delivered again, the database says what a model says
 * that looks through a list of all that counted before. */

const MEMBERS = ['301', '302', '303'];
const SUBJECTS = [...MEMBERS.map((id) => `<@${id}>`), 'the build', 'tea'];
const DAWN = Date.UTC(2026, 10, 25, 23, 58);

interface Counted {
  giver: string;
  subject: string;
  at: number;
}

/** The words of the model: `+2`, or the rule. */
function model(requests: readonly ChangeKarma[], settings: RuleSettings): string[][] {
  const counted: Counted[] = [];
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
  const minuteOf = (at: number) => new Date(at).toISOString().slice(0, 16);
  const judge = (giver: string, subject: string, at: number) => {
    if (subject === `<@${giver}>`) return 'self';
    const same = counted.filter((one) => one.giver === giver && one.subject === subject);
    const newest = Math.max(...same.map((one) => one.at));
    if (subject.startsWith('<@') && Math.abs(at - newest) < Number(settings.cooldownMs)) return 'cooldown';
    const today = counted.filter((one) => dayOf(one.at) === dayOf(at));
    if (today.filter((one) => one.giver === giver).length >= settings.quota) return 'quota';
    if (today.filter((one) => one.subject === subject).length >= settings.receiverLimit)
      return 'receiver-limit';
    if (counted.filter((one) => minuteOf(one.at) === minuteOf(at)).length >= settings.flood) return 'flood';
    return undefined;
  };
  return requests.map((request) => {
    const { at } = request;
    const giver = userIdOf(request.origin) ?? '';
    return request.changes.map(({ subject, delta }) => {
      const refused = judge(giver, subject, at);
      if (refused !== undefined) return refused;
      counted.push({ giver, subject, at });
      return `${Math.max(-settings.maxAmount, Math.min(settings.maxAmount, delta))}`;
    });
  });
}

const change = fc.record({
  subject: fc.constantFrom(...SUBJECTS),
  delta: fc.constantFrom(1, 1, 1, -1, 3, -7),
});
const written = fc.record({
  giver: fc.constantFrom(...MEMBERS),
  /** Over four minutes around midnight, in any order. */
  second: fc.nat(240),
  changes: fc.uniqueArray(change, { minLength: 1, maxLength: 3, selector: ({ subject }) => subject }),
});
const limit = fc.integer({ min: 1, max: 6 });
const scenario = fc.record({
  settings: fc.record({
    cooldownMs: fc.constantFrom(10_000, 60_000),
    quota: limit,
    receiverLimit: limit,
    flood: limit,
    maxAmount: fc.constantFrom(1, 5),
  }),
  messages: fc.array(written, { minLength: 1, maxLength: 14 }),
  /** How many requests each batch takes, and how many of those before come again with it. */
  cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), again: fc.nat(3) }), {
    minLength: 14,
    maxLength: 14,
  }),
});

/** The flood is met in the batch, and the receiver's limit was met before it, by a counter that a first try does not read. */
const FLOOD_BEFORE_RECEIVER = {
  settings: { cooldownMs: 10_000, quota: 2, receiverLimit: 1, flood: 1, maxAmount: 1 },
  messages: [
    { giver: '301', second: 0, changes: [{ subject: 'the build', delta: 1 }] },
    { giver: '301', second: 60, changes: [{ subject: 'tea', delta: 1 }] },
    { giver: '303', second: 60, changes: [{ subject: 'the build', delta: 1 }] },
  ],
  cuts: [
    { size: 1, again: 0 },
    { size: 2, again: 0 },
  ],
};

test('the database says what the model says', async () => {
  await using t = await openTestDatabase();
  let guilds = 100;
  let made = 0n;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ settings: chosen, messages, cuts }) => {
      guilds += 1;
      // Each run begins hopeful: a worker that has met a limit reads counters first for a while.
      const db = t.another();
      const guildId = String(guilds);
      const settings = { ...PRESETS.default, ...chosen };
      const judge = judgeBatch({ rulesOf: () => settings });
      const requests = messages.map(({ giver, second, changes }): ChangeKarma => {
        made += 1n;
        const id = String(BigInt(snowflakeAt(DAWN + second * 1_000)) + made);
        return {
          ...messageEnvelope({ id, guildId, userId: giver }),
          kind: 'change-karma',
          changes: changes.map((one) => ({ ...one, display: one.subject })),
        };
      });
      const said = new Map<string, string[]>();
      let next = 0;
      for (const { size, again } of cuts) {
        const batch = [
          ...requests.slice(Math.max(0, next - again), next),
          ...requests.slice(next, next + size),
        ];
        next += size;
        for (const [id, { answer }] of await applyKarma(db, batch, judge)) {
          const asked = requests.find((request) => request.id === id)?.changes ?? [];
          const words = asked.map(({ delta }, index) => {
            const verdict = answer.verdicts?.[index] ?? { delta };
            return isRefused(verdict) ? verdict.refused : `${verdict.delta}`;
          });
          expect(said.get(id) ?? words).toEqual(words);
          said.set(id, words);
        }
        if (next >= requests.length) break;
      }
      const expected = model(requests, settings);
      expect(requests.map(({ id }) => said.get(id))).toEqual(expected);
      await db.close();
      const sum = expected.flat().reduce((total, word) => total + (Number(word) || 0), 0);
      const [tables] = await t.admin`
        SELECT
          (SELECT coalesce(sum(karma), 0)::int FROM karma WHERE guild_id = ${guildId}) AS karma,
          (SELECT coalesce(sum(delta), 0)::int FROM journal WHERE guild_id = ${guildId}) AS journal`;
      expect(tables).toEqual({ karma: sum, journal: sum });
    }),
    { numRuns: 60, examples: [[FLOOD_BEFORE_RECEIVER]] },
  );
});
