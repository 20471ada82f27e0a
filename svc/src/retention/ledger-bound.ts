/** For clocks that differ, and for what happens between a look and an act. */
export const RETENTION_MARGIN_MS = 3_600_000;

/**
 * How long after its message was written a request can still be delivered to svc, in milliseconds, with a margin of an
 * hour; a ledger that forgets sooner would count it twice. The worst case is this:
 *
 * 1. The bot was away and reads the message back, and publishes it `backfillMaxAgeMs` after it was written at most.
 * 2. svc takes it at the very end of its stay in POPPLE_REQUESTS, applies it, and dies before the ack; the next worker
 *    cannot read it (another version) and puts it on POPPLE_DEAD.
 * 3. It is redriven at the very end of its stay there.
 * 4. It is delivered, or replayed, at the very end of its second stay in POPPLE_REQUESTS.
 *
 * A letter that dies again after that is older than this; `dead redrive` looks at the age of each and refuses it.
 */
export function longestDeliveryMs(streamMaxAgeMs: number, backfillMaxAgeMs: number): number {
  return backfillMaxAgeMs + 3 * streamMaxAgeMs + RETENTION_MARGIN_MS;
}
