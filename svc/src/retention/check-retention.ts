import { describeDuration } from '@popple/shared/config/describe-duration';
import { OperatorError } from '@popple/shared/process/operator-error';
import { longestDeliveryMs } from './ledger-bound';

/** The variables that together say whether the ledger remembers for long enough, in milliseconds. */
export interface RetentionConfig {
  LEDGER_RETENTION: number;
  STREAM_MAX_AGE: number;
  BACKFILL_MAX_AGE: number;
  HISTORY_RETENTION?: number | 'forever';
}

/** A day of a server may begin a day before or after that of UTC, and ends a day later. */
const DAYS_MS = 2 * 86_400_000;

/** Which change of a giver's day one is, the journal says: for as long as a request of that day can be delivered. */
function checkHistory({ HISTORY_RETENTION = 'forever', LEDGER_RETENTION }: RetentionConfig): void {
  const neededMs = LEDGER_RETENTION + DAYS_MS;
  if (HISTORY_RETENTION === 'forever' || HISTORY_RETENTION >= neededMs) return;
  throw new OperatorError(
    `HISTORY_RETENTION is ${describeDuration(HISTORY_RETENTION)}, which is too short: quotas are counted in the journal for as ` +
      `long as the ledger remembers (${describeDuration(LEDGER_RETENTION)}, LEDGER_RETENTION). Set HISTORY_RETENTION to ` +
      `${describeDuration(neededMs)} or more, or to forever.`,
  );
}

/**
 * Refuses a configuration in which the ledger forgets a request that can still be delivered, which would count twice; or the
 * journal what a quota counts.
 * @throws OperatorError saying why, and which value would be enough.
 */
export function checkRetention(config: RetentionConfig): void {
  checkHistory(config);
  const neededMs = longestDeliveryMs(config.STREAM_MAX_AGE, config.BACKFILL_MAX_AGE);
  if (config.LEDGER_RETENTION >= neededMs) return;
  const stream = describeDuration(config.STREAM_MAX_AGE);
  throw new OperatorError(
    `LEDGER_RETENTION is ${describeDuration(config.LEDGER_RETENTION)}, which is too short: a request can still be ` +
      `delivered ${describeDuration(neededMs)} after its message was written ` +
      `(${describeDuration(config.BACKFILL_MAX_AGE)} until the bot has read it back, BACKFILL_MAX_AGE; ${stream} in ` +
      `POPPLE_REQUESTS, ${stream} in POPPLE_DEAD and, redriven, ${stream} in POPPLE_REQUESTS again, STREAM_MAX_AGE; ` +
      '1h to spare), and a request that the ledger has forgotten counts twice. ' +
      `Set LEDGER_RETENTION to ${describeDuration(neededMs)} or more, or STREAM_MAX_AGE to less.`,
  );
}
