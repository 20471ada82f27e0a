import { MAX_BOARD_FROM } from '@popple/shared/contract/limits';
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Asked, Events, ResponseContent } from './command';
import { totalText } from './subject-text';

/** What a board says that nobody is on. */
export const NOTHING_YET = 'Nothing has karma here yet. Write `alice++` to begin.';

/** What the custom ids of the buttons begin with; the number rises when what follows means something else. */
export const PAGE_BUTTON_PREFIX = 'b1';

const PAGE_SIZE = 10;
const LAST_PAGE = Math.floor(MAX_BOARD_FROM / PAGE_SIZE);

type End = Events['board-checked']['end'];

/** A page of a board; the first is 1. */
interface Page {
  end: End;
  number: number;
}

const firstRank = (number: number): number => (number - 1) * PAGE_SIZE + 1;

/** What is asked of svc for a page: one entry more than it has, which says whether there is a next one. */
export function askForPage(end: End, number: number): Asked & { kind: 'check-board' } {
  return { kind: 'check-board', end, size: PAGE_SIZE + 1, from: firstRank(number) };
}

const BUTTON = /^(top|bottom):([1-9]\d{0,4}):[a-z]$/;

/** The page that a button leads to, by what follows the prefix in its custom id; undefined for what is no such button. */
export function pageOf(rest: string): Page | undefined {
  const [, end, digits] = BUTTON.exec(rest) ?? [];
  const number = Number(digits);
  if (end === undefined || number > LAST_PAGE) return undefined;
  return { end: end === 'top' ? 'top' : 'bottom', number };
}

/** The last letter keeps the ids of one message apart, as Discord demands. */
function button(label: string, { end, number }: Page, letter: string, disabled: boolean) {
  const custom_id = `${PAGE_BUTTON_PREFIX}:${end}:${Math.min(Math.max(number, 1), LAST_PAGE)}:${letter}`;
  return { type: ComponentType.Button, style: ButtonStyle.Secondary, label, custom_id, disabled } as const;
}

/** A page of a board, with buttons to the others. A board of a worker that knows no pages is its first. */
export function pageContent({ end, entries, from }: Events['board-checked']): ResponseContent {
  const shown = entries.slice(0, PAGE_SIZE);
  const first = from ?? 1;
  const nothing = first === 1 ? NOTHING_YET : 'The board ends before this page.';
  const lines =
    shown.length === 0 ? [nothing] : shown.map((entry, index) => `${first + index}. ${totalText(entry)}`);
  if (from === undefined || (shown.length === 0 && first === 1)) return { lines };
  const number = Math.ceil(from / PAGE_SIZE);
  const hasNext = entries.length > PAGE_SIZE && number < LAST_PAGE;
  const other = end === 'top' ? 'bottom' : 'top';
  return {
    lines,
    components: [
      {
        type: ComponentType.ActionRow,
        components: [
          button('First', { end, number: 1 }, 'f', number === 1),
          button('Back', { end, number: number - 1 }, 'b', number === 1),
          button('Next', { end, number: number + 1 }, 'n', !hasNext),
          button(other === 'top' ? 'The most' : 'The least', { end: other, number: 1 }, 'e', false),
        ],
      },
    ],
  };
}
