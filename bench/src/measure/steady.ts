/** How fast something went once it had warmed up. */
export interface Speed {
  /** How many were counted, without the warm-up. */
  count: number;
  seconds: number;
  perSecond: number;
}

/** The speed of `count` things in `seconds`. */
export function speed(count: number, seconds: number): Speed {
  return { count, seconds, perSecond: count / seconds };
}

/** The share of a measurement that only warms up: code is compiled, connections grow their windows, pages are read. */
export const WARM_UP_SHARE = 0.2;

/**
 * Measures the speed of `total` things, without the first fifth of them. Call `passed` with how many are done so far, as
 * often as convenient; afterwards `result` is the speed between the first call at or past the warm-up and the last call.
 */
export class SteadyMeter {
  readonly #warmUp: number;
  #from: { count: number; atMs: number } | undefined;
  #to: { count: number; atMs: number } | undefined;

  constructor(total: number) {
    this.#warmUp = Math.floor(total * WARM_UP_SHARE);
  }

  passed(count: number): void {
    if (count < this.#warmUp) return;
    const now = { count, atMs: performance.now() };
    this.#from ??= now;
    this.#to = now;
  }

  /** @throws Error when nothing was counted after the warm-up. */
  get result(): Speed {
    const { count: first = 0, atMs: from = 0 } = this.#from ?? {};
    const { count: last = 0, atMs: to = 0 } = this.#to ?? {};
    if (last <= first) throw new Error('nothing was counted after the warm-up');
    return speed(last - first, (to - from) / 1_000);
  }
}
