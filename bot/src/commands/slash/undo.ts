import type { Subcommand } from './slash-command';

/** `/karma undo`: takes back one's own last change, as by `@Popple undo`. */
export const undo: Subcommand = {
  name: 'undo',
  description: 'Take back what you changed last, within some minutes',
  run: () => ({ ask: { kind: 'undo' }, reply: 'private' }),
};
