import type { Intention } from '../parse-message';

/**
 * A message, what it means in the notation of `notationOf`, and, where the grammar leaves a choice, why this one was made.
 * The bot of the examples has the id 7 and answers to Popple and to Popple Bot.
 */
export type Example = readonly [message: string, meaning: string, why?: string];

const signed = (delta: number): string => (delta > 0 ? `+${delta}` : String(delta));

/** An intention in one line, to be compared with an example: `alice +1, a plane -1`, `karma: alice`, `top 10`. */
export function notationOf(intention: Intention): string {
  switch (intention.kind) {
    case 'change-karma':
      return intention.changes.map(({ display, delta }) => `${display} ${signed(delta)}`).join(', ');
    case 'check-karma':
      return `karma: ${intention.subjects.map(({ display }) => display).join(', ')}`;
    case 'check-board':
      return `${intention.end} ${intention.size}`;
    case 'bad-board-size':
      return `bad ${intention.end} size: ${intention.given}`;
    case 'change-announce':
      return `announce ${intention.announce ? 'on' : 'off'}`;
    case 'bad-announce':
      return `bad announce: ${intention.given}`;
    case 'too-many-subjects':
      return `too many: ${intention.count}`;
    case 'mentioned':
      return 'mention';
    case 'unknown-command':
      return 'unknown command';
    case 'name-too-long':
      return 'name too long';
    default:
      return intention.kind;
  }
}
