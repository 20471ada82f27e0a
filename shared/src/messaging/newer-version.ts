const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

/** How often a message of a newer version is given back before it is dead-lettered: for five minutes together. */
export const NEWER_VERSION_DELIVERIES = 14;

/**
 * For how long to give back a message whose contract version is above this process' own, in milliseconds, doubling from a
 * second to half a minute: in a rollout the process that can read it is seconds away. `deliveryCount` is how often the
 * message was delivered, to whomever, this time included. Undefined when that has been tried for five minutes, and the
 * message is to be dead-lettered.
 */
export function newerVersionDelayMs(deliveryCount: number): number | undefined {
  if (deliveryCount > NEWER_VERSION_DELIVERIES) return undefined;
  return Math.min(FIRST_DELAY_MS * 2 ** (deliveryCount - 1), MAX_DELAY_MS);
}
