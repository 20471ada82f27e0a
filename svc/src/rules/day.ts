const MINUTE_MS = 60_000;
/** A day or two before the last moment that Temporal has: a day that begins later would have no end. */
const LAST_MS = 8_639_999_800_000_000;

/** A stretch of time in which changes are counted together, in milliseconds since the Unix epoch. */
export interface Period {
  /** Names it: for a day midnight UTC of its date, whatever the zone; for a minute its beginning. */
  readonly label: number;
  readonly begin: number;
  /** When the next one begins. */
  readonly end: number;
}

/** The day that was last asked for in each zone: the next request is of the same, as a rule. */
const latest = new Map<string, Period>();

/**
 * The day of a time in a zone. It ends where the zone's next day begins, which is 23 or 25 hours after it began when
 * summer time begins or ends, and not always at midnight. Two days before the end of time is the last day.
 * @throws RangeError when the zone is not an IANA name that this machine knows.
 */
export function dayOf(at: number, timeZone: string): Period {
  const known = latest.get(timeZone);
  if (known !== undefined && known.begin <= at && at < known.end) return known;
  const there = Temporal.Instant.fromEpochMilliseconds(Math.min(at, LAST_MS)).toZonedDateTimeISO(timeZone);
  const today = there.startOfDay();
  const day = {
    label: Date.UTC(there.year, there.month - 1, there.day),
    begin: today.epochMilliseconds,
    end: today.add({ days: 1 }).startOfDay().epochMilliseconds,
  };
  latest.set(timeZone, day);
  return day;
}

/** The minute of a time. */
export function minuteOf(at: number): Period {
  const begin = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return { label: begin, begin, end: begin + MINUTE_MS };
}
