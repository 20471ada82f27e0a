import type { Intent } from '../../commands/commands';

/**
 * A message, what it means in the notation of `notationOf`, and, where the grammar leaves a choice, why this one was made.
 * The bot of the examples has the id 7 and answers to Popple and to Popple Bot.
 */
export type Example = readonly [message: string, meaning: string, why?: string];

const signed = (delta: number): string => (delta > 0 ? `+${delta}` : String(delta));

/** An intent in one line, to be compared with an example: `alice +1, a plane -1`, `karma: alice`, `top 10`. */
export function notationOf(intent: Intent): string {
  switch (intent.kind) {
    case 'change-karma':
      return intent.changes.map(({ display, delta }) => `${display} ${signed(delta)}`).join(', ');
    case 'check-karma':
      return `karma: ${intent.subjects.map(({ display }) => display).join(', ')}`;
    case 'check-board':
      return `${intent.end} ${intent.size}`;
    case 'bad-board-size':
      return `bad ${intent.end} size: ${intent.given}`;
    case 'check-history':
      return `history: ${intent.subject?.display ?? 'own'}`;
    case 'change-announce':
      return `announce ${intent.announce ? 'on' : 'off'}`;
    case 'bad-announce':
      return `bad announce: ${intent.given}`;
    case 'too-many-subjects':
      return `too many: ${intent.count}`;
    case 'mentioned':
      return 'mention';
    case 'unknown-command':
      return 'unknown command';
    case 'name-too-long':
      return 'name too long';
    default:
      return intent.kind;
  }
}

/** As `notationOf`, with the reasons: `alice +1: the build, bob -1`. */
export function notationWithReasons(intent: Intent): string {
  if (intent.kind !== 'change-karma') return notationOf(intent);
  return intent.changes
    .map(({ display, delta, reason }) => {
      const change = `${display} ${signed(delta)}`;
      return reason === undefined ? change : `${change}: ${reason}`;
    })
    .join(', ');
}
