const BUCKET_MS = 10_000;
/** Over how long Discord counts. */
const WINDOW_MS = 600_000;
/** Half of what brings the ban: bots that start, backfill or try a token make some as well. */
const STOP_AT = 5_000;

/** How many invalid requests began in the ten seconds with this number since the Unix epoch. */
export type InvalidCounts = readonly (readonly [bucket: number, count: number])[];

/**
 * The invalid requests (responses of 401, 403, and 429 but for those of a shared limit) of all bots in the last ten minutes.
 * Discord bans the address at 10,000; at 5,000 nothing more is posted until the window has moved on.
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 */
export class InvalidRequests {
  readonly #counts = new Map<number, number>();

  /** Whether a response with this status and `X-RateLimit-Scope` counts. */
  static isInvalid(status: number, scope: string | null): boolean {
    return status === 401 || status === 403 || (status === 429 && scope !== 'shared');
  }

  /** Adds some that were made just now, by any bot. */
  add(count: number, nowMs = Date.now()): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
  }

  /** Takes over what another bot has counted, where that is more. */
  merge(counts: InvalidCounts): void {
    for (const [bucket, count] of counts) {
      this.#counts.set(bucket, Math.max(count, this.#counts.get(bucket) ?? 0));
    }
  }

  /** What is in the window, to be merged by another bot. */
  counts(nowMs = Date.now()): InvalidCounts {
    const oldest = Math.floor((nowMs - WINDOW_MS) / BUCKET_MS);
    for (const bucket of this.#counts.keys()) if (bucket < oldest) this.#counts.delete(bucket);
    return [...this.#counts];
  }

  total(nowMs = Date.now()): number {
    return this.counts(nowMs).reduce((sum, [, count]) => sum + count, 0);
  }

  /** Undefined while there are few enough, else why nothing may be posted. */
  problem(nowMs = Date.now()): string | undefined {
    const total = this.total(nowMs);
    if (total < STOP_AT) return undefined;
    return `Discord refused ${total} requests in 10 minutes and bans at 10000: posting nothing until there are fewer`;
  }
}
