/** How many ids are remembered: hours of talk in a large bot, in a few megabytes. */
const CAPACITY = 50_000;

/** The ids answered lately by this process, so that an event that comes again is not said again. */
export class AnsweredIds {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Remembers an id; past the capacity the oldest is forgotten. */
  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#capacity) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
