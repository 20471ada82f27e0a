import { DEFAULT_BOARD_SIZE, MAX_BOARD_SIZE } from '@popple/shared/contract/limits';
import { shown, valueGiven } from './arguments';
import { NOTHING_YET, pageContent } from './board-pages';
import { type Command, localReply } from './command';
import { totalText } from './subject-text';

type End = 'top' | 'bottom';

interface CheckBoard {
  kind: 'check-board';
  end: End;
  size: number;
}

/** `given` is what stands where a size should, on one line, without control characters, and not longer than a subject. */
interface BadBoardSize {
  kind: 'bad-board-size';
  end: End;
  given: string;
}

const WHOLE_NUMBER = /^\d{1,9}$/;

/** `top 25` and `bot 25`: who has the most karma, or the least. */
export const board = {
  words: ['top', 'bot'],
  help: (mention) => [
    `${mention} \`top\` or \`top 25\`: the most karma in this server`,
    `${mention} \`bot\` or \`bot 25\`: the least karma in this server`,
  ],
  parse(given, word): CheckBoard | BadBoardSize {
    const end = word === 'top' ? 'top' : 'bottom';
    const value = valueGiven(given);
    if (value === '') return { kind: 'check-board', end, size: DEFAULT_BOARD_SIZE };
    const size = WHOLE_NUMBER.test(value) ? Number(value) : 0;
    if (size < 1 || size > MAX_BOARD_SIZE) return { kind: 'bad-board-size', end, given: shown(given) };
    return { kind: 'check-board', end, size };
  },
  actions: {
    'check-board': (intent: CheckBoard) => ({ ask: intent }),
    'bad-board-size': ({ end }: BadBoardSize) => {
      const example = end === 'top' ? 'top 10' : 'bot 10';
      return localReply(
        `The size of a board is a whole number from 1 to ${MAX_BOARD_SIZE}, such as \`${example}\`.`,
      );
    },
  },
  replies: {
    'board-checked': ({ entries }) =>
      entries.length === 0
        ? { lines: [NOTHING_YET] }
        : { lines: entries.map((entry, index) => `${index + 1}. ${totalText(entry)}`) },
  },
  responses: { 'board-checked': pageContent },
} satisfies Command;
