/** By which part of the most that is allowed the limit grows after a batch that used it to the full. */
const GROWTH = 1 / 50;

/**
 * How many requests to apply together at most.
 *
 * A batch that Postgres does not finish in time would not be finished the next time either: each timeout halves the limit,
 * down to one request, and each batch that uses it to the full and succeeds lets it grow by a fiftieth of `max`.
 */
export class BatchLimit {
  readonly #max: number;
  #current: number;

  /** Begins at `max`, from 1. */
  constructor(max: number) {
    this.#max = max;
    this.#current = max;
  }

  get current(): number {
    return this.#current;
  }

  timedOut(): void {
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }

  /** A batch of `size` requests was applied. */
  succeeded(size: number): void {
    if (size < this.#current) return;
    this.#current = Math.min(this.#max, this.#current + Math.ceil(this.#max * GROWTH));
  }
}
