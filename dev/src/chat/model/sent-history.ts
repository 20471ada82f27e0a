/**
 * What one wrote before, to be called back with the arrow keys like in a shell. The position is counted from the end:
 * 0 is the message being written, 1 the last one sent.
 */
export class SentHistory {
  readonly #sent: string[] = [];
  readonly #limit: number;
  #position = 0;

  /** Keeps the last `limit` messages. */
  constructor(limit = 100) {
    this.#limit = limit;
  }

  /** Remembers a message that was sent; the same twice in a row is kept once. */
  add(content: string): void {
    if (this.#sent.at(-1) !== content) this.#sent.push(content);
    if (this.#sent.length > this.#limit) this.#sent.shift();
    this.#position = 0;
  }

  /** The message before; undefined at the oldest. */
  older(): string | undefined {
    if (this.#position >= this.#sent.length) return undefined;
    this.#position += 1;
    return this.#sent.at(-this.#position);
  }

  /** The message after, an empty one behind the newest; undefined when nothing was called back. */
  newer(): string | undefined {
    if (this.#position === 0) return undefined;
    this.#position -= 1;
    return this.#position === 0 ? '' : this.#sent.at(-this.#position);
  }

  /** Whether a message that was called back is shown. */
  get browsing(): boolean {
    return this.#position > 0;
  }

  /** Something else was written: the next `older()` starts at the newest again. */
  leave(): void {
    this.#position = 0;
  }
}
