import { MAX_DELTA, MAX_SUBJECTS } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import type { Change, Intention } from '../intention';
import type { Names } from './read-names';

const clamp = (delta: number): number => Math.max(-MAX_DELTA, Math.min(MAX_DELTA, delta));

/**
 * Adds up what a message does to each subject, shown in the spelling that came first. A subject whose sum is zero is not
 * changed, so it is neither answered nor counted against `MAX_SUBJECTS`.
 */
export function settleChanges({ namings, hasTooLong }: Names): Intention {
  if (namings.length === 0 && hasTooLong) return { kind: 'name-too-long' };
  const sums = new Map<string, Change>();
  for (const { subject, step } of namings) {
    const sum = sums.get(subject.subject);
    if (sum === undefined) sums.set(subject.subject, { ...subject, delta: step });
    else sum.delta += step;
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
export function settleQuestions({ namings, hasTooLong }: Names): Intention {
  if (namings.length === 0 && hasTooLong) return { kind: 'name-too-long' };
  const asked = new Map<string, Subject>();
  for (const { subject } of namings) if (!asked.has(subject.subject)) asked.set(subject.subject, subject);
  if (asked.size > MAX_SUBJECTS) return { kind: 'too-many-subjects', count: asked.size };
  return { kind: 'check-karma', subjects: [...asked.values()] };
}
