/** An answer that is on its way, or was given at `atMs` on the monotonic clock. */
interface Entry<Answer> {
  answer: Promise<Answer>;
  atMs: number;
}

/**
 * Answers to questions that are asked again and again, each by its key: believed for `believedForMs`, asked once for all
 * who ask at the same time, and the `capacity` newest at most. A question that failed is asked again.
 */
export class RecentAnswers<Answer> {
  readonly #believedForMs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry<Answer>>();

  /** `now` is in milliseconds, and only ever rises. */
  constructor(believedForMs: number, capacity: number, now: () => number = () => performance.now()) {
    this.#believedForMs = believedForMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  /** What was answered lately, or what `ask` answers now. @throws what `ask` throws. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() - known.atMs < this.#believedForMs) return known.answer;
    const entry: Entry<Answer> = { answer: ask(), atMs: Number.POSITIVE_INFINITY };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.answer.then(
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
    return entry.answer;
  }
}
