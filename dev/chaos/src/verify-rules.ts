import { isRefused, type Refused, type Verdict } from '@popple/shared/contract/verdict';
import type { Judged, Ledger } from './counted';
import type { Evidence, Finding, JournalRow } from './evidence';
import type { Model } from './model';
import { dayOf, memberIn, minuteOf, type Period, RULES, type Rules } from './place-rules';

/** A limit on how many changes count in a period. */
interface Limit {
  readonly refusal: 'quota' | 'receiver-limit' | 'flood';
  most(rules: Rules): number;
  period(at: number, rules: Rules): Period;
  /** What is counted together within a guild and a period. */
  key(change: { giverId: string | null; subject: string }): string;
}

const day = (at: number, { timeZone }: Rules) => dayOf(at, timeZone);

const LIMITS: readonly Limit[] = [
  { refusal: 'quota', most: ({ quota }) => quota, period: day, key: ({ giverId }) => giverId ?? '' },
  {
    refusal: 'receiver-limit',
    most: ({ receiverLimit }) => receiverLimit,
    period: day,
    key: ({ subject }) => subject,
  },
  { refusal: 'flood', most: ({ flood }) => flood, period: minuteOf, key: () => '' },
];

/** A row of the journal, and the rules under which it counted. */
interface Counted extends JournalRow {
  readonly rules: Rules;
}

function slotOf(
  limit: Limit,
  guildId: string,
  at: number,
  change: { giverId: string | null; subject: string },
  rules: Rules,
) {
  return `${guildId} ${limit.period(at, rules).label} ${limit.key(change)}`;
}

/** What counted, by limit and by what is counted together. */
type Slots = ReadonlyMap<Limit, ReadonlyMap<string, readonly Counted[]>>;

function slotsOf(rows: readonly Counted[]): Slots {
  return new Map(
    LIMITS.map((limit) => {
      const limited = rows.filter(({ rules }) => limit.most(rules) > 0);
      return [limit, Map.groupBy(limited, (row) => slotOf(limit, row.guildId, row.at, row, row.rules))];
    }),
  );
}

/** Whether nothing counted past a limit. */
function verifyPeriods(slots: Slots): Finding[] {
  return [...slots].flatMap(([limit, bySlot]) =>
    [...bySlot.values()].flatMap((rows): Finding[] => {
      const [first] = rows;
      if (first === undefined || rows.length <= limit.most(first.rules)) return [];
      const { guildId, giverId, subject } = first;
      const whose = { quota: `by ${giverId}`, 'receiver-limit': `of ${subject}`, flood: '' }[limit.refusal];
      const problem = `${rows.length} changes ${whose} counted in guild ${guildId}, and the ${limit.refusal} is ${limit.most(first.rules)}`;
      return [{ kind: 'rule', problem, ids: rows.map(({ id }) => id) }];
    }),
  );
}

/** The changes of one giver on one day, in the order in which it was decided that they count: their numbers say. */
function verifyNumbers(slots: Slots): Finding[] {
  const [quota] = LIMITS;
  const days = (quota && slots.get(quota)) ?? new Map<string, Counted[]>();
  return [...days.values()].flatMap((rows): Finding[] => {
    const numbers = rows.map(({ nth }) => nth ?? 0).sort((a, b) => a - b);
    if (numbers.every((nth, index) => nth === index + 1)) return [];
    const problem = `the changes by ${rows[0]?.giverId} in guild ${rows[0]?.guildId} have the numbers ${numbers.join(', ')}`;
    return [{ kind: 'rule', problem, ids: rows.map(({ id }) => id) }];
  });
}

/**
 * Whether no change counted within the cooldown of its pair's newest before it. Changes of one giver are numbered in the order
 * in which they were decided, within a day; the order over midnight is not known, so pairs of two days are left out.
 */
function verifyCooldowns(rows: readonly Counted[]): Finding[] {
  const ofPairs = rows.filter(
    ({ rules, subject }) => rules.cooldownMs > 0 && memberIn(subject) !== undefined,
  );
  const pairs = Map.groupBy(ofPairs, ({ guildId, giverId, subject }) => `${guildId} ${giverId} ${subject}`);
  const findings: Finding[] = [];
  for (const pair of pairs.values()) {
    if (new Set(pair.map((row) => row.day)).size > 1) continue;
    let newest: Counted | undefined;
    for (const row of pair.toSorted((a, b) => (a.nth ?? 0) - (b.nth ?? 0))) {
      if (newest !== undefined && Math.abs(row.at - newest.at) < row.rules.cooldownMs) {
        const problem = `two changes of ${row.subject} by ${row.giverId} counted ${Math.abs(row.at - newest.at)} ms apart, and the cooldown is ${row.rules.cooldownMs} ms`;
        findings.push({ kind: 'rule', problem, ids: [newest.id, row.id] });
      }
      if (newest === undefined || newest.at <= row.at) newest = row;
    }
  }
  return findings;
}

/** Why a change may not have been refused for its cooldown; undefined when it may. */
function whyNoCooldown(
  { said, change, rules, at }: Judged,
  { earlier, until }: Refused,
  byId: ReadonlyMap<string, readonly Counted[]>,
): string | undefined {
  if (rules.cooldownMs === 0) return 'there is no cooldown';
  const witness = byId
    .get(earlier ?? '')
    ?.find(
      (row) =>
        row.giverId === said.authorId && row.subject === change.subject && row.guildId === said.guildId,
    );
  if (witness === undefined) return `request ${earlier} changed nothing of it`;
  if (Math.abs(at - witness.at) >= rules.cooldownMs) return `request ${earlier} is longer ago`;
  return until === witness.at + rules.cooldownMs ? undefined : `it does not end at ${until}`;
}

/** Why a change may not have been refused for a limit; undefined when it may: as many counted as may count. */
function whyNoLimit(
  { said, change, rules, at }: Judged,
  { refused, until }: Refused,
  slots: Slots,
): string | undefined {
  const limit = LIMITS.find(({ refusal }) => refusal === refused);
  if (limit === undefined || limit.most(rules) === 0) return 'there is no such rule';
  const slot = slotOf(limit, said.guildId, at, { giverId: said.authorId, subject: change.subject }, rules);
  const count = slots.get(limit)?.get(slot)?.length ?? 0;
  if (count < limit.most(rules)) return `${count} counted, and ${limit.most(rules)} may`;
  return until === limit.period(at, rules).end ? undefined : `it does not end at ${until}`;
}

/** Whether every refusal has its reason: what is in the journal, or what the message itself is. */
function verifyRefusals(judged: readonly Judged[], rows: readonly Counted[], slots: Slots): Finding[] {
  const byId = Map.groupBy(rows, ({ id }) => id);
  return judged.flatMap((one): Finding[] => {
    const { verdict, foreseen, said, place } = one;
    if (!isRefused(verdict) || verdict === foreseen) return [];
    const why =
      verdict.refused === 'cooldown' ? whyNoCooldown(one, verdict, byId) : whyNoLimit(one, verdict, slots);
    if (why === undefined) return [];
    const problem = `change ${place} of "${said.content}" was refused (${verdict.refused}), but ${why}`;
    return [{ kind: 'rule', problem, ids: [said.id] }];
  });
}

/** What the ledger must say of the changes of a message: nothing where each counts as it was asked for. */
function dueVerdicts(judged: readonly Judged[]): readonly Verdict[] | undefined {
  const verdicts = judged.map(({ verdict }) => verdict);
  // A deletion that came first does not know what was to be changed.
  const [first] = verdicts;
  if (first !== undefined && isRefused(first) && first.refused === 'deleted') return [first];
  const isAsAsked = judged.every(
    ({ verdict, change }) => !isRefused(verdict) && verdict.delta === change.delta,
  );
  return isAsAsked ? undefined : verdicts;
}

/** Whether the ledger has the verdicts that are foreseen. */
function verifyVerdicts(judged: readonly Judged[], ledger: Ledger): Finding[] {
  return [...Map.groupBy(judged, ({ said }) => said)].flatMap(([{ id, content }, changes]): Finding[] => {
    const row = ledger.get(id);
    const due = dueVerdicts(changes);
    // What is not in the ledger has its own finding.
    if (row === undefined || Bun.deepEquals(row.verdicts, due)) return [];
    const problem = `"${content}": the verdicts are ${JSON.stringify(row.verdicts)}, they must be ${JSON.stringify(due)}`;
    return [{ kind: 'rule', problem, ids: [id] }];
  });
}

/**
 * Whether what counted and what was refused is what the rules of some order of the messages are: nothing counted past a limit
 * or within a cooldown, and everything that was refused had met one. By how much and what was foreseen is exact.
 */
export function verifyRules(
  model: Model,
  { journal }: Evidence,
  ledger: Ledger,
  judged: readonly Judged[],
): Finding[] {
  const guilds = new Map(model.places.map(({ guildId, profile }) => [guildId, RULES[profile]]));
  const rows = journal.flatMap((row): Counted[] => {
    const rules = guilds.get(row.guildId);
    // What is taken back goes on counting against limits, and taking it back counts against none.
    return rules === undefined || row.undoes ? [] : [{ ...row, rules }];
  });
  const slots = slotsOf(rows);
  return [
    ...verifyVerdicts(judged, ledger),
    ...verifyPeriods(slots),
    ...verifyNumbers(slots),
    ...verifyCooldowns(rows),
    ...verifyRefusals(judged, rows, slots),
  ];
}
