import { backoffMs } from '@popple/shared/messaging/backoff';

/** How long an instance tries in vain before it lets another try: longer than Discord's reconnects and restarts take. */
export const IN_VAIN_MS = 30_000;
const STAND_BACK_PACE = { baseMs: 30_000, capMs: 600_000 };

/**
 * Whether this instance reaches the gateway, as its sessions show it.
 *
 * *Ready*: one of its sessions is ready, or none is meant to be. *In vain*: all of them have been trying for half a minute.
 * *Standing back*: it holds nothing for a while, so that another instance can try; twice as long each time in a row, so
 * that two that both cannot reach Discord do not pass the slots to and fro.
 */
export class Reach {
  readonly #random: () => number;
  #tryingSinceMs: number | undefined;
  #standsBackUntilMs = 0;
  #timesInRow = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Takes in whether a session is ready, and if not, whether all of them are trying to connect. */
  seen({ isReady, isTrying }: { isReady: boolean; isTrying: boolean }, nowMs: number): void {
    if (isReady) this.#timesInRow = 0;
    if (isReady || !isTrying) this.#tryingSinceMs = undefined;
    else this.#tryingSinceMs ??= nowMs;
  }

  /** Time that passed until now does not count: this instance was cut off, and its sessions waited for that to end. */
  restarted(): void {
    this.#tryingSinceMs = undefined;
  }

  isInVain(nowMs: number): boolean {
    return this.#tryingSinceMs !== undefined && nowMs - this.#tryingSinceMs >= IN_VAIN_MS;
  }

  /** Begins to stand back; returns for how long, in milliseconds. */
  standBack(nowMs: number): number {
    const pauseMs = backoffMs(this.#timesInRow, STAND_BACK_PACE, this.#random);
    this.#timesInRow += 1;
    this.#tryingSinceMs = undefined;
    this.#standsBackUntilMs = nowMs + pauseMs;
    return pauseMs;
  }

  isStandingBack(nowMs: number): boolean {
    return nowMs < this.#standsBackUntilMs;
  }

  /** Ends it early. */
  comeBack(): void {
    this.#standsBackUntilMs = 0;
  }
}
