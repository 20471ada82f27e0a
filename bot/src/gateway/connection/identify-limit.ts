import type { IIdentifyThrottler } from '@discordjs/ws';
import { pause } from '@popple/shared/process/pause';
import { type KV, NatsError } from 'nats';

/** Discord allows one IDENTIFY in 5 s for each concurrency bucket; the rest is for the way of the permit and the packet. */
export const IDENTIFY_PERMIT_MS = 6_500;

const RETRY_MS = 500;

/**
 * Discord's limit on IDENTIFY, shared by every bot of this token: one at a time for each `shard % maxConcurrency`. A
 * permit is an entry in a KV bucket that cannot be made again until it has expired.
 * @see https://discord.com/developers/docs/events/gateway#rate-limiting
 */
export class SharedIdentifyLimit implements IIdentifyThrottler {
  readonly #bucket: KV;
  readonly #maxConcurrency: number;

  /** The bucket's entries must expire after IDENTIFY_PERMIT_MS. */
  constructor(bucket: KV, maxConcurrency: number) {
    this.#bucket = bucket;
    this.#maxConcurrency = Math.max(1, maxConcurrency);
  }

  /** Resolves when this shard may identify. @throws the signal's reason when the shard was closed meanwhile. */
  async waitForIdentify(shardId: number, signal: AbortSignal): Promise<void> {
    const key = `identify.${shardId % this.#maxConcurrency}`;
    for (;;) {
      signal.throwIfAborted();
      if (await this.#tryTake(key, shardId)) return;
      await pause(RETRY_MS * (0.5 + Math.random()), signal);
    }
  }

  async #tryTake(key: string, shardId: number): Promise<boolean> {
    try {
      await this.#bucket.create(key, String(shardId));
      return true;
    } catch (error) {
      // Another bot has the permit; or NATS is away, which alone knows who identified last.
      if (error instanceof NatsError) return false;
      throw error;
    }
  }
}
