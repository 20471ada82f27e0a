import { MAX_SUBJECTS } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import { readableText } from '../chat/markdown/readable-text';
import { readNames } from '../chat/names/read-names';
import type { NamesProblem } from './change';
import type { Action, Command } from './command';
import { totalText } from './subject-text';

/** Each subject once, in order of first appearance; none if the message names none, and at most `MAX_SUBJECTS`. */
interface CheckKarma {
  kind: 'check-karma';
  subjects: Subject[];
}

/** `karma alice (the build)`: how much karma subjects have. */
export const karma = {
  words: ['karma'],
  help: (mention) => [`${mention} \`karma alice (the build)\`: how much karma they have`],
  parse(given): CheckKarma | NamesProblem {
    const { references, hasTooLong } = readNames(readableText(given, false), true);
    if (references.length === 0 && hasTooLong) return { kind: 'name-too-long' };
    const asked = new Map<string, Subject>();
    for (const { subject } of references)
      if (!asked.has(subject.subject)) asked.set(subject.subject, subject);
    if (asked.size > MAX_SUBJECTS) return { kind: 'too-many-subjects', count: asked.size };
    return { kind: 'check-karma', subjects: [...asked.values()] };
  },
  actions: {
    'check-karma': (intent: CheckKarma): Action =>
      intent.subjects.length === 0 ? { reply: { emoji: '❓' } } : { ask: intent },
  },
  replies: { 'karma-checked': ({ totals }) => ({ lines: totals.map(totalText) }) },
} satisfies Command;
