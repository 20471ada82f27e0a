/** A response that is pending, or was received at `atMs` on the monotonic clock. */
interface Entry<Response> {
  response: Promise<Response>;
  atMs: number;
}

/**
 * Responses to requests that are made again and again, each by its key: kept for `keptForMs`, requested once for all who
 * need one at the same time, and the `capacity` newest at most. A request that failed is made again.
 */
export class ResponseCache<Response> {
  readonly #keptForMs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry<Response>>();

  /** `now` is in milliseconds, and only ever rises. */
  constructor(keptForMs: number, capacity: number, now: () => number = () => performance.now()) {
    this.#keptForMs = keptForMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  /** The response that is kept, or that of `request`, made now. @throws what `request` throws. */
  get(key: string, request: () => Promise<Response>): Promise<Response> {
    const kept = this.#entries.get(key);
    if (kept !== undefined && this.#now() - kept.atMs < this.#keptForMs) return kept.response;
    const entry: Entry<Response> = { response: request(), atMs: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.response.then(
      () => {
        entry.atMs = this.#now();
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break;
      this.#entries.delete(oldest);
    }
    return entry.response;
  }
}
