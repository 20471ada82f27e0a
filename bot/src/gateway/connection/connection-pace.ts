import { backoffMs } from '@popple/shared/messaging/backoff';

/** A connection that was ready for this long was a good one. */
const GOOD_CONNECTION_MS = 5_000;

/** A session that was ready for this long was worth its IDENTIFY. */
const GOOD_SESSION_MS = 30_000;

const CONNECT_PACE = { baseMs: 1_000, capMs: 30_000 };
/** 288 a day, of the 1,000 that Discord allows. */
const IDENTIFY_PACE = { baseMs: 1_000, capMs: 300_000 };

/** After this many IDENTIFYs without a session that lasted, something is wrong that trying does not fix. */
const MANY_IDENTIFIES = 3;

/**
 * How long to wait before connecting again, by how the last connections went: not at all after a good one, and longer
 * each time that one is refused, or closed before it was of use. IDENTIFYs are counted apart, because Discord counts
 * them. Times are in milliseconds since the Unix epoch.
 */
export class ConnectionPace {
  #failures = 0;
  #identifies = 0;
  #readyAtMs: number | undefined;

  /** READY or RESUMED came. */
  ready(nowMs: number): void {
    this.#readyAtMs = nowMs;
  }

  /** An IDENTIFY is spent. */
  identified(): void {
    this.#identifies += 1;
  }

  /** The connection ended, whoever closed it, or could not be made. */
  ended(nowMs: number): void {
    const readyForMs = this.#readyAtMs === undefined ? 0 : nowMs - this.#readyAtMs;
    this.#readyAtMs = undefined;
    this.#failures = readyForMs >= GOOD_CONNECTION_MS ? 0 : this.#failures + 1;
    if (readyForMs >= GOOD_SESSION_MS) this.#identifies = 0;
  }

  /** How long to wait before the next connection, in milliseconds; `identifies`: it needs an IDENTIFY. */
  pauseMs(identifies: boolean, random: () => number = Math.random): number {
    const connect = this.#failures === 0 ? 0 : backoffMs(this.#failures - 1, CONNECT_PACE, random);
    const identify =
      !identifies || this.#identifies === 0 ? 0 : backoffMs(this.#identifies - 1, IDENTIFY_PACE, random);
    return Math.max(connect, identify);
  }

  /** Whether IDENTIFYs keep being spent without a session that lasts. */
  get isWasteful(): boolean {
    return this.#identifies >= MANY_IDENTIFIES;
  }
}
