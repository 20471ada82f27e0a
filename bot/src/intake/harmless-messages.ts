/** How many messages are remembered: about 10 MB of ids. */
const CAPACITY = 100_000;

/**
 * The newest messages of which this bot knows that they changed nothing. What is not here may have: it came before this process,
 * was read by another bot, or is too long ago.
 */
export class HarmlessMessages {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number = CAPACITY) {
    this.#capacity = capacity;
  }

  add(messageId: string): void {
    this.#ids.add(messageId);
    if (this.#ids.size <= this.#capacity) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }

  has(messageId: string): boolean {
    return this.#ids.has(messageId);
  }
}
