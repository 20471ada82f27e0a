import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import type { KV } from 'nats';

/** How many answered ids a process keeps at hand, to save asking the bucket: some megabytes. */
const RECENT_CAPACITY = 50_000;

const ATTEMPTED = 'attempted';
const ANSWERED = 'answered';

/**
 * What is known of an answer before it is said:
 * - `new`: nobody has tried; saying it cannot be a repetition.
 * - `doubtful`: somebody began to say it at that time (milliseconds since the Unix epoch) and nobody knows how it ended.
 * - `answered`: it has been said.
 */
export type Knowledge = { state: 'new' | 'answered' } | { state: 'doubtful'; sinceMs: number };

/**
 * Which requests have been answered, shared by all bots and kept in a NATS KV bucket: longer than Discord remembers
 * nonces, and beyond the end of any process. An attempt is written down before it is made, so that a process killed
 * between Discord's 200 and its own ack leaves a doubt behind instead of nothing.
 */
export class AnswerMemory {
  readonly #bucket: KV;
  readonly #recent = new Set<string>();

  constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  /**
   * Says that an answer is about to be given, and what is known of it.
   * @throws NatsError when the bucket cannot be asked; nothing may be said then.
   */
  async begin(id: string): Promise<Knowledge> {
    if (this.#recent.has(id)) return { state: 'answered' };
    try {
      await this.#bucket.create(id, ATTEMPTED);
      return { state: 'new' };
    } catch (error) {
      if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
    }
    const entry = await this.#bucket.get(id);
    if (entry?.string() === ANSWERED) return { state: 'answered' };
    // An entry that expired between the two questions was written long ago, which is doubt enough.
    return { state: 'doubtful', sinceMs: entry?.created.getTime() ?? 0 };
  }

  /**
   * Says that the answer was given, or never will be.
   * @throws NatsError when it cannot be written down; the answer then stays doubtful.
   */
  async finish(id: string): Promise<void> {
    this.#recent.add(id);
    if (this.#recent.size > RECENT_CAPACITY) {
      for (const oldest of this.#recent) {
        this.#recent.delete(oldest);
        break;
      }
    }
    await this.#bucket.put(id, ANSWERED);
  }
}
