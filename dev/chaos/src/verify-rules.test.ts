import { describe, expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import type { Evidence, JournalRow, LedgerRow } from './evidence';
import { dayOf, RULES } from './place-rules';
import { modelOf, perfect } from './testing/perfect';
import { verify } from './verify';

const model = modelOf(1_500);
const all: Evidence = perfect(model);

const kindsFound = (evidence: Evidence) =>
  [...new Set(verify(model, evidence).map(({ kind }) => kind))].sort();
const problemsOf = (evidence: Evidence, kind: string) =>
  verify(model, evidence).flatMap((finding) => (finding.kind === kind ? [finding.problem] : []));

/** The first row of the ledger, and the first of its verdicts, that is like that. */
function firstVerdict(isIt: (verdict: Verdict) => boolean): { row: LedgerRow; index: number } {
  for (const row of all.ledger) {
    const index = row.verdicts?.findIndex(isIt) ?? -1;
    if (index !== -1) return { row, index };
  }
  throw new Error('there is no such verdict');
}

const refusedFor = (reason: string) =>
  firstVerdict((verdict) => isRefused(verdict) && verdict.refused === reason);

function withLedger(row: LedgerRow, change: Partial<LedgerRow>): Evidence {
  return { ...all, ledger: all.ledger.with(all.ledger.indexOf(row), { ...row, ...change }) };
}

function changeOf(id: string, index: number) {
  const said = model.said.get(id);
  const change = said?.effect.kind === 'change' ? said.effect.changes[index] : undefined;
  if (said === undefined || change === undefined) throw new Error(`${id} changes nothing`);
  return { said, change };
}

/** The same with one refused change counted all the same, in the ledger, in the journal and in karma. */
function withCounted({ row, index }: { row: LedgerRow; index: number }): Evidence {
  const { said, change } = changeOf(row.id, index);
  const delta = Math.sign(change.delta);
  const at = snowflakeTimeMs(row.id);
  const day = dayOf(at, RULES[model.place(said.guildId).profile].timeZone).label;
  const given = all.journal.filter(
    (other) => other.guildId === said.guildId && other.giverId === said.authorId && other.day === day,
  );
  const counted: JournalRow = {
    ...{ id: row.id, place: index + 1, guildId: said.guildId, giverId: said.authorId, at, day },
    ...{ nth: given.length + 1, subject: change.subject, delta, reason: change.reason ?? null },
  };
  return {
    ...withLedger(row, { verdicts: row.verdicts?.with(index, { delta }) }),
    journal: [...all.journal, counted],
  };
}

describe('what a run counted', () => {
  test('has every kind of verdict in it', () => {
    const reasons = all.ledger.flatMap(({ verdicts = [] }) =>
      verdicts.filter(isRefused).map((one) => one.refused),
    );
    expect([...new Set(reasons)].sort()).toEqual([
      ...['cooldown', 'flood', 'quota', 'receiver-bot', 'receiver-limit', 'self'],
    ]);
    expect(() => firstVerdict((verdict) => !isRefused(verdict) && verdict.asked !== undefined)).not.toThrow();
    expect(verify(model, all)).toEqual([]);
  });

  test.each([
    ['quota', /changes by \d+ counted in guild 3\d+, and the quota is \d+/],
    ['receiver-limit', /changes of .+ counted in guild 3004, and the receiver-limit is \d+/],
    ['flood', /changes {2}counted in guild 3004, and the flood is \d+/],
    ['cooldown', /two changes of <@\d+> by \d+ counted \d+ ms apart, and the cooldown is \d+ ms/],
  ])('is wrong when one more counted than the %s lets', (reason, problem) => {
    const problems = problemsOf(withCounted(refusedFor(reason)), 'rule');
    expect(problems).toContainEqual(expect.stringMatching(problem));
  });

  test.each(['self', 'receiver-bot'])('is wrong when a change that is refused for %s counted', (reason) => {
    const found = refusedFor(reason);
    expect(kindsFound(withCounted(found))).toContain('rule');
    expect(kindsFound(withCounted(found))).toContain('ledger');
  });

  test('is wrong when a change was refused for a limit that was not reached', () => {
    const numbered = all.journal.find(({ guildId, giverId, nth, place }) => {
      const others = all.journal.filter((row) => row.guildId === guildId && row.giverId === giverId);
      return guildId === '3004' && nth === 1 && place === 1 && others.length === 1;
    });
    const row = all.ledger.find(({ id, verdicts }) => id === numbered?.id && verdicts === undefined);
    if (row === undefined) throw new Error('nobody changed one thing');
    const journal = all.journal.filter(({ id }) => id !== row.id);
    const verdicts = [
      { refused: 'quota', until: dayOf(snowflakeTimeMs(row.id), RULES.limited.timeZone).end },
    ];
    const refused = { ...withLedger(row, { verdicts, totals: [] }), journal };
    expect(problemsOf(refused, 'rule')).toEqual([
      expect.stringMatching(/was refused \(quota\), but 0 counted, and 4 may$/),
    ]);
  });

  test('is wrong when a refusal ends at another time, or names another request', () => {
    for (const reason of ['cooldown', 'quota', 'flood']) {
      const { row, index } = refusedFor(reason);
      const verdict = row.verdicts?.[index];
      if (verdict === undefined || !isRefused(verdict)) throw new Error('not refused');
      const later = { ...verdict, until: (verdict.until ?? 0) + 1 };
      expect(kindsFound(withLedger(row, { verdicts: row.verdicts?.with(index, later) }))).toEqual(['rule']);
      if (reason !== 'cooldown') continue;
      const other = { ...verdict, earlier: row.id };
      expect(kindsFound(withLedger(row, { verdicts: row.verdicts?.with(index, other) }))).toEqual(['rule']);
    }
  });

  test('is wrong when a number was given twice, or left out', () => {
    const second = all.journal.findIndex(({ nth, guildId }) => nth === 2 && guildId === '3004');
    const row = all.journal[second];
    if (row === undefined) throw new Error('nobody changed two things');
    for (const nth of [1, 7]) {
      const journal = all.journal.with(second, { ...row, nth });
      expect(problemsOf({ ...all, journal }, 'rule')).toContainEqual(
        expect.stringMatching(/have the numbers/),
      );
    }
  });

  test('is wrong when the journal has a change twice, not at all, or otherwise than it was said', () => {
    const index = all.journal.findIndex(({ reason, guildId }) => reason !== null && guildId === '3000');
    const row = all.journal[index];
    if (row === undefined) throw new Error('nobody gave a reason');
    const replaced = (change: Partial<JournalRow>) =>
      kindsFound({ ...all, journal: all.journal.with(index, { ...row, ...change }) });
    expect(replaced({ reason: null })).toEqual(['ledger']);
    expect(replaced({ giverId: '2999' })).toEqual(['ledger']);
    expect(replaced({ at: row.at + 1 })).toEqual(['ledger']);
    expect(replaced({ delta: 2 })).toEqual(['ledger', 'total']);
    expect(kindsFound({ ...all, journal: all.journal.toSpliced(index, 1) })).toEqual(['ledger', 'total']);
    expect(kindsFound({ ...all, journal: [...all.journal, row] })).toEqual(['ledger', 'total']);
  });

  test('is wrong when what was published once is not what the ledger has', () => {
    const { row } = refusedFor('quota');
    const { announce, totals, verdicts } = row;
    const kind = totals?.length ? 'karma-changed' : 'karma-refused';
    const told = { kind, announce, ...(totals?.length ? { totals } : {}), ...(verdicts ? { verdicts } : {}) };
    expect(verify(model, { ...all, told: new Map([[row.id, [told]]]) })).toEqual([]);
    const other = { kind: 'karma-changed', announce, totals: [{ display: 'tea', karma: '1' }] };
    expect(kindsFound({ ...all, told: new Map([[row.id, [told, other]]]) })).toEqual(['told']);
  });

  test('is wrong when a refusal is not shown, shown as another, or a clamped change is not said to be', () => {
    const shown = all.reactions.findIndex(({ emoji }) => emoji === '⏳');
    const reaction = all.reactions[shown];
    if (reaction === undefined) throw new Error('no refusal was shown');
    expect(kindsFound({ ...all, reactions: all.reactions.toSpliced(shown, 1) })).toEqual(['reaction']);
    const other = all.reactions.with(shown, { ...reaction, emoji: '🚫' });
    expect(kindsFound({ ...all, reactions: other })).toEqual(['reaction']);
    const clamped = all.messages.findIndex(({ content }) => content.includes('(That counts as'));
    const reply = all.messages[clamped];
    if (reply === undefined) throw new Error('nothing was clamped');
    const content = reply.content.replaceAll(/ \(That counts as .+\)/g, '');
    expect(kindsFound({ ...all, messages: all.messages.with(clamped, { ...reply, content }) })).toEqual([
      'reply-wrong',
    ]);
  });
});
