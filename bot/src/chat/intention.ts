import type { Subject } from '@popple/shared/contract/subject';

/** A subject and what a message adds to its karma: never zero, and within `MAX_DELTA` either way. */
export type Change = Subject & { delta: number };

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
