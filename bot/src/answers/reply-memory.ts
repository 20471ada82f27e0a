import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import type { KV, NatsConnection } from 'nats';
import { creationTime } from './creation-time';

/** How many answered ids a process keeps in memory, to save asking the bucket: some megabytes. */
const RECENT_CAPACITY = 50_000;

/** How far the clocks of NATS and of Discord, which dates the question, may be apart. */
const CLOCK_MARGIN_MS = 5_000;

const ATTEMPTED = 'attempted';
const ANSWERED = 'answered';

/**
 * What is known of an answer before it is said:
 * - `new`: nobody had tried by `sinceMs`.
 * - `in-doubt`: somebody began to say it at `sinceMs`, or may have, and nobody knows how it ended.
 * - `answered`: it has been said.
 * Times are in milliseconds since the Unix epoch.
 */
export type Knowledge = { state: 'posted' } | { state: 'new' | 'in-doubt'; sinceMs: number };

/**
 * Which requests have been answered, shared by all bots and kept in a NATS KV bucket: longer than Discord remembers
 * nonces, and beyond the end of any process. An attempt is written down before it is made, so that a process killed
 * between Discord's 200 and its own ack leaves a doubt behind instead of nothing.
 *
 * A bucket that is younger than a question (NATS lost its volume) knows nothing of what was said before it was made: such
 * a question is in doubt from the moment it was asked.
 */
export class ReplyMemory {
  readonly #bucket: KV;
  readonly #createdAtMs: () => Promise<number>;
  readonly #recent = new Set<string>();

  /** `createdAtMs` says when the bucket was made that is there now, in milliseconds since the Unix epoch. */
  constructor(bucket: KV, createdAtMs: () => Promise<number>) {
    this.#bucket = bucket;
    this.#createdAtMs = createdAtMs;
  }

  /** The memory in a bucket, which may be lost and made again while this process lives. */
  static open(bucket: KV, connection: Pick<NatsConnection, 'info'>): ReplyMemory {
    return new ReplyMemory(bucket, creationTime(bucket, connection));
  }

  /**
   * Whether a question that was asked at `askedAtMs` (milliseconds since the Unix epoch) is older than the memory, which then
   * knows nothing of it by itself.
   * @throws NatsError when the bucket cannot be asked how old it is.
   */
  async isYoungerThan(askedAtMs: number): Promise<boolean> {
    return askedAtMs <= (await this.#createdAtMs()) + CLOCK_MARGIN_MS;
  }

  /** Whether it is written down that an answer was given. @throws NatsError when the bucket cannot be asked. */
  async isPosted(id: string): Promise<boolean> {
    return this.#recent.has(id) || (await this.#bucket.get(id))?.string() === ANSWERED;
  }

  /**
   * Says that an answer is about to be given to the request `id`, which was asked at `askedAtMs` (milliseconds since the
   * Unix epoch), and what is known of it.
   * @throws NatsError when the bucket cannot be asked; nothing may be said then.
   */
  async begin(id: string, askedAtMs: number): Promise<Knowledge> {
    if (this.#recent.has(id)) return { state: 'posted' };
    // Read before the bucket is asked: a process may be frozen until its word is old and somebody else has answered.
    const nowMs = Date.now();
    try {
      await this.#bucket.create(id, ATTEMPTED);
      // Asked after the entry was made, so that it is the age of the bucket that has the entry.
      if (!(await this.isYoungerThan(askedAtMs))) return { state: 'new', sinceMs: nowMs };
      return { state: 'in-doubt', sinceMs: Math.min(askedAtMs, nowMs) };
    } catch (error) {
      if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
    }
    const entry = await this.#bucket.get(id);
    if (entry?.string() === ANSWERED) return { state: 'posted' };
    // An entry that expired between the two questions was written long ago, which is doubt enough.
    return { state: 'in-doubt', sinceMs: entry?.created.getTime() ?? 0 };
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
