import { printable } from '@popple/shared/operator/printable';
import type { Letter } from './letter';

const HEAD = ['n', 'when', 'reason', 'origin', 'subject', 'deliveries', 'detail'] as const;
const GAP = '  ';
const ELLIPSIS = '…';

function cells(letter: Letter): string[] {
  return [
    String(letter.number),
    letter.diedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    letter.reason,
    letter.origin,
    letter.subject ?? '-',
    String(letter.deliveries ?? '-'),
    letter.detail ?? '',
  ].map((text) => printable(text));
}

function pad(text: string, width: number, toRight: boolean): string {
  const room = ' '.repeat(Math.max(0, width - Bun.stringWidth(text)));
  return toRight ? room + text : text + room;
}

/** The longest beginning of a text that takes at most `width` columns, with an ellipsis when something is cut. */
function cut(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (Bun.stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return kept + ELLIPSIS;
}

/**
 * Letters as a table with aligned columns, a line each and one for the head. With `columns` every line is cut to that
 * width, which costs the detail first; without, nothing is cut.
 */
export function letterTable(letters: readonly Letter[], columns?: number): string {
  const rows = [[...HEAD], ...letters.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => Bun.stringWidth(row[column] ?? ''))));
  const isNumber = (column: number) => HEAD[column] === 'n' || HEAD[column] === 'deliveries';
  const lines = rows.map((row) => {
    const line = row
      .map((text, column) => pad(text, widths[column] ?? 0, isNumber(column)))
      .join(GAP)
      .trimEnd();
    return columns === undefined ? line : cut(line, columns);
  });
  return `${lines.join('\n')}\n`;
}
