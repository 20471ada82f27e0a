import { DEFAULT_BOARD_SIZE, MAX_BOARD_SIZE, MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import type { Intention } from '../intention';
import { dropUnseen, foldWhiteSpace } from '../subjects/spelling';

const WHOLE_NUMBER = /^\d{1,9}$/;
const MARKS_AT_END = '.!?,…';

const ANNOUNCE = new Map([
  ['on', true],
  ['yes', true],
  ['off', false],
  ['no', false],
]);

/** What was given, fit to be shown again: one line, nothing unseen, not too long, no half a character at the cut. */
function shown(given: string): string {
  const line = foldWhiteSpace(dropUnseen(given));
  return line.length <= MAX_SUBJECT_LENGTH ? line : line.slice(0, MAX_SUBJECT_LENGTH).replace(/\p{Cs}$/u, '');
}

/** The value meant: phones end sentences with a full stop, and some keyboards have full-width digits. */
function meantBy(given: string): string {
  const line = shown(given).normalize('NFKC').toLowerCase();
  let end = line.length;
  while (end > 0 && MARKS_AT_END.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end).trim();
}

/** What `top` and `bot` mean with this after them: a whole number from 1 to `MAX_BOARD_SIZE`, or nothing. */
export function readBoard(end: 'top' | 'bottom', given: string): Intention {
  const value = meantBy(given);
  if (value === '') return { kind: 'check-board', end, size: DEFAULT_BOARD_SIZE };
  const size = WHOLE_NUMBER.test(value) ? Number(value) : 0;
  if (size < 1 || size > MAX_BOARD_SIZE) return { kind: 'bad-board-size', end, given: shown(given) };
  return { kind: 'check-board', end, size };
}

/** What `announce` means with this after it: `on`, `off`, `yes` or `no`, in any case. */
export function readAnnounce(given: string): Intention {
  const announce = ANNOUNCE.get(meantBy(given));
  return announce === undefined
    ? { kind: 'bad-announce', given: shown(given) }
    : { kind: 'change-announce', announce };
}
