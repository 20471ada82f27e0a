/** Work in order within a key and in parallel across keys. */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` after all work given before under the same key, whether that failed or not. */
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const done = before.then(work);
    const tail = done.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    // A key without work is forgotten, or every channel ever seen would be kept.
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return done;
  }

  /** Whether work of this key is waiting or running. */
  has(key: string): boolean {
    return this.#tails.has(key);
  }

  /** How many keys have work waiting or running. */
  get size(): number {
    return this.#tails.size;
  }
}
