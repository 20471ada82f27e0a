/**
 * What can go wrong when the app answers an interaction:
 * - `too-late`: Discord no longer knows the interaction (10062), and the member reads that the app did not respond.
 * - `answered-before`: another process of the app was faster: the answer counts as if it had come from there, and this
 *   one reads 40060.
 * - `token-expires`: all goes well, but the token is worth nothing from then on (50027).
 *
 * An answer that takes effect and is never confirmed is a REST fault: `drop: 'after-handling'`, or `delayAfterMs`.
 */
export const INTERACTION_FAULTS = ['too-late', 'answered-before', 'token-expires'] as const;
export type InteractionFault = (typeof INTERACTION_FAULTS)[number];

/** Faults that wait for their callbacks, which they strike in the order in which they were added. */
export class InteractionFaults {
  #pending: InteractionFault[] = [];

  /** Strikes so many of the callbacks that come from now on. */
  add(fault: InteractionFault, times = 1): void {
    for (let n = 0; n < times; n++) this.#pending.push(fault);
  }

  /** The fault that strikes this callback, and no other. */
  take(): InteractionFault | null {
    return this.#pending.shift() ?? null;
  }

  clear(): void {
    this.#pending = [];
  }
}
