import { snowflakeAt } from '@popple/shared/contract/ids';

const DISCORD_EPOCH_MS = 1_420_070_400_000;
const TIMESTAMP_SHIFT = 22n;
const INCREMENT_MASK = 0xfff;

/** Worker 1, process 0: the two five-bit fields between the time and the increment. */
const ORIGIN = 1n << 17n;

/**
 * Orders two snowflakes: negative when `a` is older, 0 when they are the same id. Ids are decimal strings without
 * leading zeros, so the shorter one is the lower one.
 */
export function compareSnowflakes(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Makes ids as Discord does: milliseconds since 2015, where it was made, and a counter. Every id is higher than all
 * before it, also when the clock steps back or more than 4,096 are made in one millisecond (the time then runs ahead).
 * @see https://discord.com/developers/docs/reference#snowflakes
 */
export class SnowflakeSource {
  #timeMs = 0;
  #increment = 0;
  #prefix = 0n;

  next(nowMs: number = Date.now()): string {
    if (nowMs > this.#timeMs) this.#moveTo(nowMs);
    else if (this.#increment === INCREMENT_MASK) this.#moveTo(this.#timeMs + 1);
    else this.#increment++;
    return String(this.#prefix | BigInt(this.#increment));
  }

  /** Makes every later id higher than this one: an id that was given out before a restart. */
  startAfter(id: string): void {
    const timeMs = Number(BigInt(id) >> TIMESTAMP_SHIFT) + DISCORD_EPOCH_MS;
    if (timeMs >= this.#timeMs) this.#moveTo(timeMs + 1);
  }

  #moveTo(timeMs: number): void {
    this.#timeMs = timeMs;
    this.#increment = 0;
    this.#prefix = (BigInt(timeMs - DISCORD_EPOCH_MS) << TIMESTAMP_SHIFT) | ORIGIN;
  }
}

/**
 * An id made at a time in the past, for what is older than the process: always the same for the same time and `n`
 * (0 to 4,095, which tells ids of one millisecond apart).
 */
export function snowflakeOf(timeMs: number, n = 0): string {
  return String(BigInt(snowflakeAt(timeMs)) | BigInt(n & INCREMENT_MASK));
}
