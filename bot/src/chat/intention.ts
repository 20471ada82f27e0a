import { MAX_DELTA, MAX_SUBJECTS } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import type { Names } from './names/read-names';

/**
 * A subject and what a message adds to its karma (`delta`): never zero, and within `MAX_DELTA` either way. `end` is where in the
 * message its operator ends, the last of several: the index after it, in UTF-16 code units.
 */
export type Change = Subject & { delta: number; end: number };

/** What a message means. */
export type Intention =
  | { kind: 'nothing' }
  /** Each subject once, in order of first appearance; at least one and at most `MAX_SUBJECTS`. */
  | { kind: 'change-karma'; changes: Change[] }
  /** More than `MAX_SUBJECTS` subjects are changed or asked for, so nothing is done. */
  | { kind: 'too-many-subjects'; count: number }
  /** Each subject once, in order of first appearance; none if the message names none, and at most `MAX_SUBJECTS`. */
  | { kind: 'check-karma'; subjects: Subject[] }
  | { kind: 'check-board'; end: 'top' | 'bottom'; size: number }
  /** `given` is what stands where a size should, on one line, without control characters, and not longer than a subject. */
  | { kind: 'bad-board-size'; end: 'top' | 'bottom'; given: string }
  | { kind: 'change-announce'; announce: boolean }
  /** `given` is as with `bad-board-size`, and empty if the message says nothing. */
  | { kind: 'bad-announce'; given: string }
  /** The message is a mention of the bot and nothing else. */
  | { kind: 'mentioned' }
  /** Words to the bot that are no command and change no karma: a mistake, or just talk. */
  | { kind: 'unknown-command' }
  /** The only names it has are longer than `MAX_SUBJECT_LENGTH`, and clearly meant as such. */
  | { kind: 'name-too-long' }
  | { kind: 'help' }
  | { kind: 'uptime' }
  | { kind: 'version' };

const clamp = (delta: number): number => Math.max(-MAX_DELTA, Math.min(MAX_DELTA, delta));

/**
 * Adds up what a message does to each subject, shown in the spelling that came first. A subject whose sum is zero is not
 * changed, so it is neither answered nor counted against `MAX_SUBJECTS`.
 */
export function sumChanges({ references, hasTooLong }: Names): Intention {
  if (references.length === 0 && hasTooLong) return { kind: 'name-too-long' };
  const sums = new Map<string, Change>();
  for (const { subject, step, end } of references) {
    const sum = sums.get(subject.subject);
    if (sum === undefined) sums.set(subject.subject, { ...subject, delta: step, end });
    else {
      sum.delta += step;
      sum.end = end;
    }
  }
  const changes = [...sums.values()].filter((change) => change.delta !== 0);
  if (changes.length === 0) return { kind: 'nothing' };
  if (changes.length > MAX_SUBJECTS) return { kind: 'too-many-subjects', count: changes.length };
  return {
    kind: 'change-karma',
    changes: changes.map((change) => ({ ...change, delta: clamp(change.delta) })),
  };
}

/** The subjects a message asks for, each once, in the spelling that came first. */
export function collectQuestions({ references, hasTooLong }: Names): Intention {
  if (references.length === 0 && hasTooLong) return { kind: 'name-too-long' };
  const asked = new Map<string, Subject>();
  for (const { subject } of references) if (!asked.has(subject.subject)) asked.set(subject.subject, subject);
  if (asked.size > MAX_SUBJECTS) return { kind: 'too-many-subjects', count: asked.size };
  return { kind: 'check-karma', subjects: [...asked.values()] };
}
