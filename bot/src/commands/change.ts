import type { Total } from '@popple/shared/contract/event';
import { MAX_DELTA, MAX_SUBJECT_LENGTH, MAX_SUBJECTS } from '@popple/shared/contract/limits';
import { userIdOf } from '@popple/shared/contract/origin';
import type { Subject } from '@popple/shared/contract/subject';
import { isRefused, type Refusal, type Refused, type Verdict } from '@popple/shared/contract/verdict';
import type { ReasonedReference } from '../chat/reasons/read-reasons';
import { type Feature, localReply } from './command';
import { refusalText } from './refusal-text';
import { signed, totalText } from './subject-text';

/**
 * A subject and what a message adds to its karma (`delta`): never zero, and within `MAX_DELTA` either way. `end` is where in the
 * message its operator ends, the last of several: the index after it, in UTF-16 code units. `reason` is the first one that the
 * message gives for it, if it gives one.
 */
export type Change = Subject & { delta: number; end: number; reason?: string };

/** The names with operators of a message, in order, each as often as it is named. */
export interface NamedChanges {
  references: readonly ReasonedReference[];
  /** Whether something longer than a subject may be was clearly meant to be named. */
  hasTooLong: boolean;
}

/** More than `MAX_SUBJECTS` subjects are changed or asked for, so nothing is done. */
interface TooManySubjects {
  kind: 'too-many-subjects';
  count: number;
}

/** The only names there are are longer than `MAX_SUBJECT_LENGTH`, and clearly meant as such. */
interface NameTooLong {
  kind: 'name-too-long';
}

/** What is wrong with the names of a message, whatever they are for. */
export type NamesProblem = TooManySubjects | NameTooLong;

/** Each subject once, in order of first appearance; at least one and at most `MAX_SUBJECTS`. */
interface ChangeKarma {
  kind: 'change-karma';
  changes: Change[];
}

/** What a message means that names subjects with operators. */
export type ChangeIntent = ChangeKarma | NamesProblem;

const clamp = (delta: number): number => Math.max(-MAX_DELTA, Math.min(MAX_DELTA, delta));

/**
 * Adds up what a message does to each subject, shown in the spelling that came first. A subject whose sum is zero is not
 * changed, so it is neither replied to nor counted against `MAX_SUBJECTS`.
 */
export function sumChanges({ references, hasTooLong }: NamedChanges): ChangeIntent | { kind: 'nothing' } {
  if (references.length === 0 && hasTooLong) return { kind: 'name-too-long' };
  const sums = new Map<string, Change>();
  for (const { subject, step, end, reason } of references) {
    const sum = sums.get(subject.subject) ?? { ...subject, delta: 0, end };
    sum.delta += step;
    sum.end = end;
    if (reason !== undefined) sum.reason ??= reason;
    sums.set(subject.subject, sum);
  }
  const changes = [...sums.values()].filter((change) => change.delta !== 0);
  if (changes.length === 0) return { kind: 'nothing' };
  if (changes.length > MAX_SUBJECTS) return { kind: 'too-many-subjects', count: changes.length };
  return {
    kind: 'change-karma',
    changes: changes.map((change) => ({ ...change, delta: clamp(change.delta) })),
  };
}

/** A total, and by how much it changed where the server's rules let count something else than was asked for. */
function changedText(total: Total, verdict: Verdict | undefined): string {
  const text = totalText(total);
  if (verdict === undefined || isRefused(verdict) || verdict.asked === undefined) return text;
  return `${text} (That counts as ${signed(verdict.delta)}.)`;
}

/** Reasons that nobody is shown: the member did nothing wrong, or is to be left alone. */
const UNSEEN: ReadonlySet<string> = new Set<Refusal>(['channel', 'self-ignored', 'deleted']);
/** Reasons that pass with time. */
const LATER: ReadonlySet<string> = new Set<Refusal>(['cooldown', 'quota', 'receiver-limit', 'flood']);

/** How a refusal is shown in chat; undefined where it is not. */
function emojiOf({ refused }: Refused): string | undefined {
  if (UNSEEN.has(refused)) return undefined;
  if (LATER.has(refused)) return '⏳';
  return refused === 'self' ? '🙃' : '🚫';
}

/** `alice++`: gives karma and takes it. Needs no word: any message may do it. */
export const change = {
  actions: {
    'change-karma': ({ kind, changes }: ChangeKarma) => ({
      ask: { kind, changes: changes.map(({ end: _, ...asked }) => asked) },
    }),
    'too-many-subjects': ({ count }: TooManySubjects) =>
      localReply(
        `That is ${count} subjects, and one message can have ${MAX_SUBJECTS} at most. Nothing was done.`,
      ),
    'name-too-long': (_: NameTooLong) =>
      localReply(
        `A name can have ${MAX_SUBJECT_LENGTH} characters at most, and that one has more. Nothing was done.`,
      ),
  },
  replies: {
    'karma-changed': ({ announce, totals, verdicts }) => {
      const counting = verdicts?.filter((verdict) => !isRefused(verdict));
      return announce
        ? { lines: totals.map((total, index) => changedText(total, counting?.[index])) }
        : undefined;
    },
    'karma-refused': ({ announce, verdicts }) => {
      const emoji = verdicts
        .filter(isRefused)
        .map(emojiOf)
        .find((one) => one !== undefined);
      return announce && emoji !== undefined ? { emoji } : undefined;
    },
  },
  responses: {
    'karma-changed': ({ announce, totals, verdicts, origin }) => {
      const counting = verdicts?.filter((verdict) => !isRefused(verdict));
      const lines = totals.map((total, index) => changedText(total, counting?.[index]));
      const userId = userIdOf(origin);
      const who = userId === undefined ? '' : `<@${userId}>: `;
      return { lines, announcement: announce ? lines.map((line) => `${who}${line}`) : undefined };
    },
    'karma-refused': ({ verdicts }) => ({ lines: verdicts.filter(isRefused).map(refusalText) }),
  },
} satisfies Feature;
