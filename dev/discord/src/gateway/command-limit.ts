const COMMANDS_PER_WINDOW = 120;
const WINDOW_MS = 60_000;

/**
 * What a client may send over one connection.
 * @see https://discord.com/developers/docs/events/gateway#rate-limiting
 */
export class CommandLimit {
  #windowEndsMs = 0;
  #count = 0;

  /** Counts one command; false when it is one too many. */
  allows(nowMs: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#count = 0;
    }
    return ++this.#count <= COMMANDS_PER_WINDOW;
  }
}
