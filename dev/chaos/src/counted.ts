import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import type { Change } from './chat-step';
import type { LedgerRow } from './evidence';
import { changesOf, type Model, type Said } from './model';
import { isCounting, RULES, type Rules, staticVerdict } from './place-rules';
import { FULL_SUBJECT, MOST_KARMA } from './topology';

/** The ledger by request id. */
export type Ledger = ReadonlyMap<string, LedgerRow>;

/** One change of a message, and what has to come of it. */
export interface Judged {
  readonly said: Said;
  /** Of the change in its message, from 1. */
  readonly place: number;
  readonly change: Change;
  readonly rules: Rules;
  /** When the message was written, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** What holds unless something that counted before refuses it. */
  readonly foreseen: Verdict;
  /**
   * What holds: as foreseen, or refused because of what counted before. Which of many changes passes a limit depends on the order
   * in which workers came to them, so only the ledger knows; whether it can be so is for `verifyRules`.
   */
  readonly verdict: Verdict;
}

/** Nothing of a message counts that was deleted before it was applied. */
const DELETED: Verdict = { refused: 'deleted' };

function judge(model: Model, said: Said, row: LedgerRow | undefined): Judged[] {
  const wasDeleted =
    model.deleted.has(said.id) && (row === undefined || Bun.deepEquals(row.verdicts, [DELETED]));
  const rules = RULES[model.place(said.guildId).profile];
  const at = snowflakeTimeMs(said.id);
  return changesOf(said).map((change, index) => {
    const foreseen = wasDeleted ? DELETED : staticVerdict(rules, said.authorId, change, model.robots);
    const told = row?.verdicts?.[index];
    const isRefusedByCount =
      told !== undefined && isRefused(told) && !isRefused(foreseen) && isCounting(rules);
    return {
      said,
      place: index + 1,
      change,
      rules,
      at,
      foreseen,
      verdict: isRefusedByCount ? told : foreseen,
    };
  });
}

/** What has to come of the changes of each message, in its order, by the message's id. */
export type Judgements = ReadonlyMap<string, readonly Judged[]>;

/** What has to come of all changes. */
export function judgeAll(model: Model, ledger: Ledger): Judgements {
  return new Map([...model.said.values()].map((said) => [said.id, judge(model, said, ledger.get(said.id))]));
}

/** A change that counts, and by how much. */
export interface CountedChange {
  readonly subject: string;
  readonly delta: number;
  /** Whether that is not as much as was asked for. */
  readonly isClamped: boolean;
}

/** Those of the changes of a message that count. */
export function counted(judged: readonly Judged[] = []): CountedChange[] {
  return judged.flatMap(({ change: { subject }, verdict }) =>
    isRefused(verdict) ? [] : [{ subject, delta: verdict.delta, isClamped: verdict.asked !== undefined }],
  );
}

export function totalKey(guildId: string, subject: string): string {
  return `${guildId}/${subject}`;
}

/** What karma there was before a run, by `guild/subject`. */
export function firstTotals({ places }: Model): Map<string, bigint> {
  const curious = places.filter(({ profile }) => profile === 'curious');
  return new Map(curious.map(({ guildId }) => [totalKey(guildId, FULL_SUBJECT), BigInt(MOST_KARMA)]));
}

/** A message that was taken back, and the row of the undo or of the deletion that did it. */
export interface Undone {
  readonly by: LedgerRow;
  readonly target: Said;
  /** What it takes back. */
  readonly changes: readonly CountedChange[];
}

/** What was taken back, by the ledger. */
export function undoneIn(model: Model, ledger: Ledger, judgements: Judgements): Undone[] {
  return [...ledger.values()].flatMap((by): Undone[] => {
    const target = by.undoes === undefined ? undefined : model.said.get(by.undoes);
    if (target === undefined || !by.totals?.length) return [];
    return [{ by, target, changes: counted(judgements.get(target.id)) }];
  });
}

/** What karma must be in the end, by `guild/subject`. */
export function totalsOf(model: Model, ledger: Ledger, judgements: Judgements): Map<string, bigint> {
  const totals = firstTotals(model);
  const add = (guildId: string, subject: string, delta: number) => {
    const key = totalKey(guildId, subject);
    totals.set(key, (totals.get(key) ?? 0n) + BigInt(delta));
  };
  for (const { id, guildId } of model.said.values()) {
    for (const { subject, delta } of counted(judgements.get(id))) add(guildId, subject, delta);
  }
  for (const { target, changes } of undoneIn(model, ledger, judgements)) {
    for (const { subject, delta } of changes) add(target.guildId, subject, -delta);
  }
  return totals;
}
