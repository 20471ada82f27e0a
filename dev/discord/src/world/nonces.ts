interface Entry {
  readonly messageId: string;
  readonly atMs: number;
}

/**
 * Remembers for a while which message was created with which nonce, per channel and author, so that a client that does
 * not know whether its message arrived may send it again.
 * @see https://discord.com/developers/docs/resources/message#create-message (`enforce_nonce`)
 */
export class NonceMemory {
  /** In the order of insertion, which is that of time, so that the expired ones are at the front. */
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly windowMs: () => number) {}

  remember(
    channelId: string,
    authorId: string,
    nonce: string | number,
    messageId: string,
    atMs: number,
  ): void {
    const key = keyOf(channelId, authorId, nonce);
    this.#entries.delete(key);
    this.#entries.set(key, { messageId, atMs });
    this.#forgetExpired(atMs);
  }

  /** The message created with this nonce within the window before `nowMs`. */
  find(channelId: string, authorId: string, nonce: string | number, nowMs: number): string | undefined {
    const entry = this.#entries.get(keyOf(channelId, authorId, nonce));
    return entry && nowMs - entry.atMs <= this.windowMs() ? entry.messageId : undefined;
  }

  #forgetExpired(nowMs: number): void {
    const oldestMs = nowMs - this.windowMs();
    for (const [key, entry] of this.#entries) {
      if (entry.atMs >= oldestMs) return;
      this.#entries.delete(key);
    }
  }
}

/** A number and a string of the same digits are one nonce: Discord's own libraries send either. */
function keyOf(channelId: string, authorId: string, nonce: string | number): string {
  return `${channelId}/${authorId}/${nonce}`;
}
