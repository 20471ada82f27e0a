import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import type { KV, NatsConnection } from 'nats';
import { creationTime } from './creation-time';

/** How many ids with a reply a process keeps in memory, to save requests to the bucket: some megabytes. */
const RECENT_CAPACITY = 50_000;

/** How far the clocks of NATS and of whoever dated the request may be apart. */
const CLOCK_MARGIN_MS = 5_000;

const ATTEMPTED = 'attempted';
const ANSWERED = 'answered';

/**
 * What is known of a reply before it is posted:
 * - `new`: nobody had tried by `sinceMs`.
 * - `in-doubt`: a bot began to post it at `sinceMs`, or may have, and nobody knows how it ended.
 * - `posted`: it is posted.
 * Times are in milliseconds since the Unix epoch.
 */
export type Knowledge = { state: 'posted' } | { state: 'new' | 'in-doubt'; sinceMs: number };

/**
 * Which requests have their reply, shared by all bots and kept in a NATS KV bucket: longer than Discord knows nonces, and
 * beyond the end of any process. An attempt is recorded before it is made, so that a process killed between Discord's 200
 * and its own ack leaves the reply in doubt instead of unknown.
 *
 * A bucket that is younger than a request (NATS lost its volume) has nothing of what was posted before it was made: the
 * reply to such a request is in doubt from the moment it was asked.
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
   * Whether a request that was made at `askedAtMs` (milliseconds since the Unix epoch) is older than the memory, which then
   * knows nothing of it by itself.
   * @throws NatsError when the bucket cannot be asked how old it is.
   */
  async isYoungerThan(askedAtMs: number): Promise<boolean> {
    return askedAtMs <= (await this.#createdAtMs()) + CLOCK_MARGIN_MS;
  }

  /** Whether it is recorded that the reply is posted. @throws NatsError when the bucket cannot be read. */
  async isPosted(id: string): Promise<boolean> {
    return this.#recent.has(id) || (await this.#bucket.get(id))?.string() === ANSWERED;
  }

  /**
   * Records an attempt to reply to the request `id`, which was made at `askedAtMs` (milliseconds since the Unix epoch), and
   * resolves to what is known of the reply.
   * @throws NatsError when the bucket cannot be read or written; nothing may be posted then.
   */
  async begin(id: string, askedAtMs: number): Promise<Knowledge> {
    if (this.#recent.has(id)) return { state: 'posted' };
    // Read before the bucket is: a process may be frozen until the response is old and another bot has posted.
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
    // An entry that expired between the two reads was written long ago: in doubt.
    return { state: 'in-doubt', sinceMs: entry?.created.getTime() ?? 0 };
  }

  /**
   * Records that the reply is posted, or never will be.
   * @throws NatsError when it cannot be written; the reply then stays in doubt.
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
