import { printable } from '@popple/shared/operator/printable';

/** A column of a table: its heading, and what stands in it for a row. */
export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): string;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

const GAP = '  ';
const ELLIPSIS = '…';

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
 * Rows as a table with aligned columns, a line each and one for the headings. Nothing in it can steer a terminal. With
 * `width` (in terminal columns) every line is cut to it, which costs the last column first; without, nothing is cut. Ends
 * with a newline.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width }: { width?: number | undefined } = {},
): string {
  const lines = [
    columns.map(({ heading }) => heading),
    ...rows.map((row) => columns.map(({ cell }) => printable(cell(row)))),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => Bun.stringWidth(line[at] ?? ''))));
  const shown = lines.map((line) => {
    const text = line
      .map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.isNumber ?? false))
      .join(GAP)
      .trimEnd();
    return width === undefined ? text : cut(text, width);
  });
  return `${shown.join('\n')}\n`;
}
