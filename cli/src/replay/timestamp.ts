import { parseDurationMs } from '@popple/shared/config/duration';

const DATE = String.raw`(\d{4})-(\d{2})-(\d{2})`;
const CLOCK = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d{0,6})?)?`;
const TIMESTAMP = new RegExp(`^${DATE}(?:[Tt ]${CLOCK}(?:[Zz]|([+-])(\\d{2}):?(\\d{2})))?$`);

const number = (digits: string | undefined) => Number(digits ?? 0);

/**
 * A point in time in milliseconds since the Unix epoch; undefined when the text is none. It is either ISO 8601 with its
 * time zone (`2026-07-01T02:00:00Z`, `2026-07-01T04:00+02:00`, or a date alone, which begins at midnight UTC), or a
 * length of time such as `26h` or `7d`, counted back from `nowMs`.
 *
 * A clock time without a zone is none: whoever restores a backup at night must not have to think of whose time it is.
 */
export function parseTimestampMs(text: string, nowMs: number): number | undefined {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined) return nowMs - durationMs;
  const match = TIMESTAMP.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const millisecond = number(match[7]?.padEnd(3, '0'));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  // Date.UTC carries over what is too large: the 30th of February would be the 2nd of March.
  const date = new Date(local);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const offsetMinutes = number(match[9]) * 60 + number(match[10]);
  if (!isReal || number(match[9]) > 23 || number(match[10]) > 59) return undefined;
  return local - (match[8] === '-' ? -1 : 1) * offsetMinutes * 60_000;
}
