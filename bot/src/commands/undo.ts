import type { Command } from './command';
import { totalText } from './subject-text';

/** `undo`: takes back one's own last change, within some minutes. */
export const undo = {
  words: ['undo'],
  help: (mention) => [
    `${mention} \`undo\`: takes back what your last message here changed, within some minutes`,
  ],
  parse: () => ({ kind: 'undo' }) as const,
  actions: { undo: (intent: { kind: 'undo' }) => ({ ask: intent }) },
  replies: {
    undone: ({ totals, undoes }) => {
      if (totals.length > 0) return { lines: ['Undone.', ...totals.map(totalText)] };
      const why = undoes === undefined ? 'You changed nothing here lately' : 'That is undone already';
      return { lines: [`${why}, so there is nothing to undo.`] };
    },
  },
} satisfies Command;
