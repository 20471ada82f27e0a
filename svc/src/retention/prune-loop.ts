import type { Database } from '@popple/db/client';
import { dropJournalMonths } from '@popple/db/queries/drop-journal-months';
import { makeJournalMonths } from '@popple/db/queries/make-journal-months';
import { pruneCounters } from '@popple/db/queries/prune-counters';
import { pruneLedger } from '@popple/db/queries/prune-ledger';
import { describeDuration } from '@popple/shared/config/describe-duration';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { RetryPace } from '@popple/shared/process/retry-pace';
import { longestDeliveryMs } from './ledger-bound';
import { countersPruned, ledgerRowsPruned, pruningsFailed } from './metrics';

export interface PruneOptions {
  database: Database;
  log: Log;
  /** How long the ledger remembers, LEDGER_RETENTION. */
  retentionMs: number;
  /** How long the journal is kept, HISTORY_RETENTION; left out, or forever, nothing of it is dropped. */
  historyRetentionMs?: number | 'forever';
  /** How old a message may be when the bot publishes it, BACKFILL_MAX_AGE. */
  backfillMaxAgeMs: number;
  /** How long the streams really keep a message now, the longest of them; Infinity when one has no limit. */
  streamMaxAgeMs(): Promise<number>;
  pace?: Partial<Pace>;
}

/** How fast pruning goes. */
export interface Pace {
  /** Before the first look: a worker that starts has better things to do, and one that keeps dying should not prune. */
  firstAfterMs: number;
  /** Most rows that one statement deletes. */
  pieceRows: number;
  betweenPiecesMs: number;
  /** Between one look that found nothing left and the next. */
  betweenLooksMs: number;
  retry: RetryPace;
}

const DAY_MS = 86_400_000;

const PACE: Pace = {
  firstAfterMs: 120_000,
  pieceRows: 1_000,
  betweenPiecesMs: 500,
  betweenLooksMs: 3_600_000,
  retry: { baseMs: 5_000, capMs: 600_000 },
};

/** Between half and the whole of a pause, so that workers started together do not prune in step. */
const scattered = (ms: number) => ms * (0.5 + Math.random() / 2);

/**
 * What the streams keep is set by every part that starts, from its own environment: one whose STREAM_MAX_AGE is longer
 * than ours makes the streams keep more than our configuration, checked at our start, speaks of.
 */
async function refuseToForgetTooMuch(options: PruneOptions): Promise<void> {
  const { retentionMs, backfillMaxAgeMs } = options;
  const neededMs = longestDeliveryMs(await options.streamMaxAgeMs(), backfillMaxAgeMs);
  if (retentionMs >= neededMs) return;
  throw new Error(
    Number.isFinite(neededMs)
      ? `the streams now keep messages for so long that LEDGER_RETENTION (${describeDuration(retentionMs)}) would have ` +
          `to be ${describeDuration(neededMs)}; was a part started with a longer STREAM_MAX_AGE?`
      : 'a stream has no maximum age now, so its requests may be delivered at any time',
  );
}

/** What is forgotten: how much longer than the ledger remembers it is kept, and how some of it is deleted. */
interface Forgotten {
  extraMs: number;
  prune(database: Database, piece: { beforeMs: number; limit: number }): Promise<number>;
  pruned: { inc(count: number): void };
}

const LEDGER: Forgotten = { extraMs: 0, prune: pruneLedger, pruned: ledgerRowsPruned };
/** A day is stored under its date, wherever its server is, and what is of the day before in one zone is of the next in another. */
const COUNTERS: Forgotten = { extraMs: 2 * DAY_MS, prune: pruneCounters, pruned: countersPruned };

/** Deletes what is too old, piece by piece, until none is left or the signal comes; returns how many rows. */
async function pruneAll(
  { extraMs, prune, pruned }: Forgotten,
  options: PruneOptions,
  pace: Pace,
  signal: AbortSignal,
): Promise<number> {
  for (let total = 0; ; ) {
    if (signal.aborted) return total;
    await refuseToForgetTooMuch(options);
    const beforeMs = Date.now() - options.retentionMs - extraMs;
    const count = await prune(options.database, { beforeMs, limit: pace.pieceRows });
    pruned.inc(count);
    total += count;
    if (count < pace.pieceRows) return total;
    await pause(scattered(pace.betweenPiecesMs), signal);
  }
}

/** Drops the months of the journal that are older than HISTORY_RETENTION, if it says so. */
async function dropHistory({ database, log, historyRetentionMs = 'forever' }: PruneOptions): Promise<void> {
  if (historyRetentionMs === 'forever') return;
  const months = await dropJournalMonths(database, Date.now() - historyRetentionMs);
  if (months > 0) log.info({ months }, 'dropped months of the journal');
}

/**
 * Makes the journal's partitions ahead of need, and deletes ledger rows of requests older than LEDGER_RETENTION, and counters of
 * that time, in the background, in small pieces with pauses between them, until the signal; and drops whole months of the
 * journal that are older than HISTORY_RETENTION. Any number of workers may do it at once: they share the rows. Karma is never touched. While
 * the streams keep messages for longer than the ledger could vouch for, nothing is deleted.
 *
 * Never rejects: a failure, of whatever kind, is logged, counted and tried again later, because a ledger that is too
 * long is no reason to stop applying requests.
 */
export async function pruneLoop(signal: AbortSignal, options: PruneOptions): Promise<void> {
  const pace = { ...PACE, ...options.pace };
  await pause(scattered(pace.firstAfterMs), signal);
  for (let failures = 0; !signal.aborted; ) {
    try {
      const months = await makeJournalMonths(options.database);
      if (months > 0) options.log.info({ months }, 'made partitions of the journal');
      const count = await pruneAll(LEDGER, options, pace, signal);
      if (count > 0) options.log.info({ count }, 'pruned the ledger');
      await pruneAll(COUNTERS, options, pace, signal);
      await dropHistory(options);
      failures = 0;
      await pause(scattered(pace.betweenLooksMs), signal);
    } catch (error) {
      if (signal.aborted) return;
      const pauseMs = backoffMs(failures, pace.retry);
      failures += 1;
      pruningsFailed.inc();
      options.log.warn(`pruning failed: ${describeError(error)}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}
