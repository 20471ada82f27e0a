/** A column of a table: its heading, and whether numbers stand in it. */
export interface Column {
  heading: string;
  isNumber?: boolean;
}

/** How wide a text is shown; every character is taken for one wide. */
function widthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, isNumber: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return isNumber ? space + text : text + space;
}

/** A Markdown table whose columns line up, so that it can be read in a terminal as well. Ends without a newline. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, at) =>
    Math.max(3, widthOf(heading), ...rows.map((row) => widthOf(row[at] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    `| ${columns.map(({ isNumber = false }, at) => pad(cells[at] ?? '', widths[at] ?? 0, isNumber)).join(' | ')} |`;
  const rule = columns.map(({ isNumber = false }, at) => {
    const dashes = '-'.repeat((widths[at] ?? 3) - 1);
    return isNumber ? `${dashes}:` : `${dashes}-`;
  });
  return [line(columns.map(({ heading }) => heading)), line(rule), ...rows.map(line)].join('\n');
}

/** A number of things a second, with thousands apart and no false precision. */
export function perSecondText(value: number): string {
  if (value >= 1_000) return Number(value.toPrecision(3)).toLocaleString('en');
  return value.toPrecision(value >= 100 ? 3 : 2);
}

/** A time in milliseconds to three figures. */
export function msText(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A ratio to two decimals. */
export function ratioText(value: number): string {
  return value.toFixed(2);
}
