import type { Message } from './model';
import { compareSnowflakes } from './snowflake';

/** Past the bound, this share of it is dropped at once, so that dropping costs nothing per message. */
const TRIM_SHARE = 0.1;

/**
 * The messages of one channel, oldest first. Ids only grow, so appending is free and finding is a binary search: no
 * cost grows with the length of the history except that of deleting from the middle.
 */
export class History {
  readonly #messages: Message[] = [];
  readonly #maxLength: number;
  #lastId: string | null = null;

  /** Keeps at least the newest `maxLength` messages (≥ 1). */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The newest id this channel ever had, deleted or not, as Discord's `last_message_id`. */
  get lastId(): string | null {
    return this.#lastId;
  }

  get length(): number {
    return this.#messages.length;
  }

  /** Adds the newest message. Returns the lowest id still kept when older ones had to go, else null. */
  append(message: Message): string | null {
    this.#messages.push(message);
    this.#lastId = message.id;
    const excess = this.#messages.length - this.#maxLength;
    if (excess <= this.#maxLength * TRIM_SHARE) return null;
    this.#messages.splice(0, excess);
    return this.#messages[0]?.id ?? null;
  }

  find(id: string): Message | undefined {
    const message = this.#messages[this.#indexFrom(id)];
    return message?.id === id ? message : undefined;
  }

  /** Forgets a message; false when there is none of this id. */
  remove(id: string): boolean {
    const index = this.#indexFrom(id);
    if (this.#messages[index]?.id !== id) return false;
    this.#messages.splice(index, 1);
    return true;
  }

  /** The newest `limit`, oldest first. */
  latest(limit: number): Message[] {
    return this.#messages.slice(Math.max(0, this.#messages.length - limit));
  }

  /** The `limit` just below an id (which need not exist), oldest first. */
  before(id: string, limit: number): Message[] {
    const end = this.#indexFrom(id);
    return this.#messages.slice(Math.max(0, end - limit), end);
  }

  /** The `limit` just above an id (which need not exist), oldest first. */
  after(id: string, limit: number): Message[] {
    const start = this.#indexFrom(id);
    const from = this.#messages[start]?.id === id ? start + 1 : start;
    return this.#messages.slice(from, from + limit);
  }

  /** Up to `limit` with the id in the middle, oldest first. */
  around(id: string, limit: number): Message[] {
    const from = Math.max(0, this.#indexFrom(id) - Math.floor(limit / 2));
    return this.#messages.slice(from, from + limit);
  }

  /** The index of the first message whose id is this one or higher. */
  #indexFrom(id: string): number {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const message = this.#messages[middle];
      if (message && compareSnowflakes(message.id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
