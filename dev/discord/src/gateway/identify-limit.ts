import type { Settings } from '../settings';

export interface SessionStartLimit {
  readonly total: number;
  readonly remaining: number;
  readonly resetAfterMs: number;
}

/**
 * Counts session starts: one per interval in each bucket `shard_id % max_concurrency`, and so many a day from the first.
 * @see https://discord.com/developers/docs/events/gateway#session-start-limit-object
 */
export class IdentifyLimit {
  readonly #lastOfBucketMs = new Map<number, number>();
  #dayEndsMs = 0;
  #usedToday = 0;

  constructor(private readonly settings: Settings) {}

  /** Counts a session start, or returns why there may be none: too soon after another, or too many today. */
  take(shardId: number, nowMs: number): 'ok' | 'too-soon' | 'none-left' {
    if (this.status(nowMs).remaining === 0) return 'none-left';
    const bucket = shardId % this.settings.maxConcurrency;
    const last = this.#lastOfBucketMs.get(bucket);
    if (last !== undefined && nowMs - last < this.settings.identifyIntervalMs) return 'too-soon';
    this.#lastOfBucketMs.set(bucket, nowMs);
    if (this.#usedToday === 0) this.#dayEndsMs = nowMs + this.settings.sessionStartsResetMs;
    this.#usedToday++;
    return 'ok';
  }

  status(nowMs: number): SessionStartLimit {
    if (nowMs >= this.#dayEndsMs) this.#usedToday = 0;
    const total = this.settings.sessionStartsPerDay;
    return {
      total,
      remaining: Math.max(0, total - this.#usedToday),
      resetAfterMs: this.#usedToday === 0 ? 0 : this.#dayEndsMs - nowMs,
    };
  }
}
