import { MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import { dropUnseen, foldWhiteSpace } from '../chat/subjects/subject';

const MARKS_AT_END = '.!?,…';

/** What was given, fit to be shown again: one line, nothing unseen, not too long, no half a character at the cut. */
export function shown(given: string): string {
  const line = foldWhiteSpace(dropUnseen(given));
  return line.length <= MAX_SUBJECT_LENGTH ? line : line.slice(0, MAX_SUBJECT_LENGTH).replace(/\p{Cs}$/u, '');
}

/** The value meant: phones end sentences with a full stop, and some keyboards have full-width digits. */
export function valueGiven(given: string): string {
  const line = shown(given).normalize('NFKC').toLowerCase();
  let end = line.length;
  while (end > 0 && MARKS_AT_END.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end).trim();
}
