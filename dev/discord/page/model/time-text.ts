/** How times are written. A test names both; the page takes the reader's own. */
export interface TimeStyle {
  readonly locale?: string;
  readonly timeZone?: string;
}

/** The calendar day of a moment (ISO 8601), as a key that sorts: `2026-03-01`. */
export function dayKey(at: string, style: TimeStyle = {}): string {
  return formatter('en-CA', style.timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(at),
  );
}

/** Hours and minutes. */
export function clockText(at: string, style: TimeStyle = {}): string {
  return formatter(style.locale, style.timeZone, { timeStyle: 'short' }).format(new Date(at));
}

/** Beside a name: the clock alone on the day itself, `Yesterday at …`, else the date with the clock. */
export function stampText(at: string, nowMs: number, style: TimeStyle = {}): string {
  const clock = clockText(at, style);
  const now = new Date(nowMs);
  if (dayKey(at, style) === dayKey(now.toISOString(), style)) return `Today at ${clock}`;
  const yesterday = new Date(nowMs - 86_400_000).toISOString();
  if (dayKey(at, style) === dayKey(yesterday, style)) return `Yesterday at ${clock}`;
  const date = formatter(style.locale, style.timeZone, { dateStyle: 'short' }).format(new Date(at));
  return `${date} ${clock}`;
}

/** On the divider between two days. */
export function dayText(at: string, style: TimeStyle = {}): string {
  return formatter(style.locale, style.timeZone, { dateStyle: 'long' }).format(new Date(at));
}

/** In full, for a tooltip. */
export function fullText(at: string, style: TimeStyle = {}): string {
  return formatter(style.locale, style.timeZone, { dateStyle: 'full', timeStyle: 'medium' }).format(
    new Date(at),
  );
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a hundred times what using one does, and the page asks for one per message. */
function formatter(
  locale: string | undefined,
  timeZone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options]);
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
  formatters.set(key, made);
  return made;
}
