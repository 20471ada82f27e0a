import { type Column, table } from '../terminal/table';
import type { Letter } from './letter';

const COLUMNS: readonly Column<Letter>[] = [
  { heading: 'n', cell: ({ number }) => String(number), isNumber: true },
  { heading: 'when', cell: ({ diedAt }) => diedAt.toISOString().replace(/\.\d+Z$/, 'Z') },
  { heading: 'reason', cell: ({ reason }) => reason },
  { heading: 'origin', cell: ({ origin }) => origin },
  { heading: 'subject', cell: ({ subject }) => subject ?? '-' },
  { heading: 'deliveries', cell: ({ deliveries }) => String(deliveries ?? '-'), isNumber: true },
  { heading: 'detail', cell: ({ detail }) => detail ?? '' },
];

/**
 * Letters as a table, a line each. With `width` (in terminal columns) every line is cut to it, which costs the detail
 * first; without, nothing is cut.
 */
export function letterTable(letters: readonly Letter[], width?: number): string {
  return table(COLUMNS, letters, { width });
}
