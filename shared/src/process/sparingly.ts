/**
 * What is done once in a while only: for each key, not again before `everyMs` milliseconds have passed. Remembers the
 * `capacity` newest keys; what it forgot may be done once more. In memory only, so each process counts for itself.
 */
export class Sparingly {
  readonly #everyMs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  /** When it was done last by key, oldest first. */
  readonly #doneAtMs = new Map<string, number>();

  /** `now` is in milliseconds, and only ever rises. */
  constructor(everyMs: number, capacity: number, now: () => number = () => performance.now()) {
    this.#everyMs = everyMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  /** Whether it may be done now; if so, it counts as done. */
  allows(key: string): boolean {
    const nowMs = this.#now();
    const doneAtMs = this.#doneAtMs.get(key);
    if (doneAtMs !== undefined && nowMs - doneAtMs < this.#everyMs) return false;
    this.#doneAtMs.delete(key);
    this.#doneAtMs.set(key, nowMs);
    for (const oldest of this.#doneAtMs.keys()) {
      if (this.#doneAtMs.size <= this.#capacity) break;
      this.#doneAtMs.delete(oldest);
    }
    return true;
  }
}
