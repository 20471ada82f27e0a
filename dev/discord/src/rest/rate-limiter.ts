import type { RateLimit, RateLimits, Settings } from '../settings';

export type BucketKind = Exclude<keyof RateLimits, 'global'>;

/** What a route is limited as: routes with the same name share a bucket, apart for each channel or guild. */
export interface Bucket {
  readonly name: string;
  readonly kind: BucketKind;
  /** Whether it stands outside of the limit of all requests together. */
  readonly isUncounted: boolean;
  /** The id of the channel or guild, or the token of an interaction. */
  readonly major: string;
}

export interface RateLimitState {
  /** Whether the request may go on. */
  readonly ok: boolean;
  readonly isGlobal: boolean;
  readonly retryAfterMs: number;
  /** Null where the bucket has no limit, or the global one was hit. */
  readonly headers: Readonly<Record<string, string>> | null;
}

interface Window {
  used: number;
  endsMs: number;
}

const UNLIMITED: RateLimitState = { ok: true, isGlobal: false, retryAfterMs: 0, headers: null };
const SWEEP_AT = 10_000;

/**
 * Counts requests per bucket and all together, in windows that begin with their first request.
 * @see https://discord.com/developers/docs/topics/rate-limits
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  #global: Window = { used: 0, endsMs: 0 };

  constructor(private readonly settings: Settings) {}

  /** Counts one request. A request over a limit is not counted: waiting helps, however often one asks. */
  take(bucket: Bucket, nowMs: number): RateLimitState {
    const { rateLimits } = this.settings;
    if (rateLimits === 'off') return UNLIMITED;
    if (rateLimits.global && !bucket.isUncounted) {
      if (nowMs >= this.#global.endsMs) this.#global = { used: 0, endsMs: nowMs + rateLimits.global.perMs };
      if (this.#global.used >= rateLimits.global.limit) {
        return { ok: false, isGlobal: true, retryAfterMs: this.#global.endsMs - nowMs, headers: null };
      }
      this.#global.used++;
    }
    const limit = rateLimits[bucket.kind];
    return limit ? this.#takeFrom(bucket, limit, nowMs) : UNLIMITED;
  }

  #takeFrom(bucket: Bucket, limit: RateLimit, nowMs: number): RateLimitState {
    const key = `${bucket.name}/${bucket.major}`;
    let window = this.#windows.get(key);
    if (!window || nowMs >= window.endsMs) {
      if (this.#windows.size >= SWEEP_AT) this.#sweep(nowMs);
      window = { used: 0, endsMs: nowMs + limit.perMs };
      this.#windows.set(key, window);
    }
    const ok = window.used < limit.limit;
    if (ok) window.used++;
    const resetAfterMs = window.endsMs - nowMs;
    return {
      ok,
      isGlobal: false,
      retryAfterMs: ok ? 0 : resetAfterMs,
      headers: {
        'X-RateLimit-Limit': String(limit.limit),
        'X-RateLimit-Remaining': String(Math.max(0, limit.limit - window.used)),
        'X-RateLimit-Reset': (window.endsMs / 1000).toFixed(3),
        'X-RateLimit-Reset-After': (resetAfterMs / 1000).toFixed(3),
        'X-RateLimit-Bucket': Bun.hash(bucket.name).toString(16).padStart(16, '0'),
      },
    };
  }

  #sweep(nowMs: number): void {
    for (const [key, window] of this.#windows) if (nowMs >= window.endsMs) this.#windows.delete(key);
  }
}
