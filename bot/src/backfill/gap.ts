import { snowflakeAt } from '@popple/shared/contract/ids';

/**
 * Discord's ids are in order of time only roughly: a message may be sent after one with a higher id. Reading a little
 * too much is harmless.
 */
const OVERLAP_MS = 60_000;

/** Where a backfill begins. */
export interface GapStart {
  /** Read what is newer than this message. */
  from: string;
  /** Nothing up to this message is read, because of the age limit. */
  oldest: string;
  /** Whether that is later than where everything was handled, because of the age limit. */
  isCut: boolean;
}

/**
 * After which message to read, when everything up to `watermark` is handled (null: unknown) and nothing is read
 * that was written more than `maxAgeMs` milliseconds before `nowMs`.
 */
export function gapStart(watermark: string | null, maxAgeMs: number, nowMs: number): GapStart {
  const oldest = snowflakeAt(nowMs - maxAgeMs);
  if (watermark === null) return { from: oldest, oldest, isCut: false };
  const wanted = BigInt(watermark) - (BigInt(OVERLAP_MS) << 22n);
  return {
    from: wanted > BigInt(oldest) ? String(wanted) : oldest,
    oldest,
    isCut: BigInt(watermark) < BigInt(oldest),
  };
}
