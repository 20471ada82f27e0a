import { pause } from '@popple/shared/process/pause';

/**
 * The part of a bot's requests that the background may take. Archived threads are mostly empty lists, two for each
 * channel: of a shard of 2,500 servers some 100,000. A tenth keeps replies and resumes from waiting for them, and reads
 * such a shard in six hours.
 */
const PART = 0.1;

/** Spaces the requests of the background, over all shards of a bot. */
export class BackgroundPace {
  readonly #perSecond: () => number;
  #nextAtMs = 0;

  /** `perSecond`: how many requests a second this bot may make in all. */
  constructor(perSecond: () => number) {
    this.#perSecond = perSecond;
  }

  /** Resolves when the next request may be made, or at once when the signal is (or gets) aborted. */
  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = Date.now();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + 1_000 / (this.#perSecond() * PART);
    await pause(atMs - nowMs, signal);
  }
}
