import type { Database } from '@popple/db/client';
import { isRefusal, isTransient } from '@popple/db/errors';
import type { Judge } from '@popple/db/judging';
import { findMissingIds } from '@popple/db/queries/find-missing-ids';
import type { Request } from '@popple/shared/contract/request';
import { decodeRequest } from '@popple/shared/messaging/codec';
import { describeError, type Log } from '@popple/shared/observability/log';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import { bisect, groupByKind } from '@popple/svc/divide-batch';
import { HANDLERS, type Told, writes } from '@popple/svc/requests/handlers';
import { ledgerMemory } from '@popple/svc/retention/ledger-memory';
import type { JsMsg } from 'nats';
import type { Tally } from './tally';

export interface ReplayContext {
  database: Database;
  /** What came of the requests is counted here, as it happens. */
  tally: Tally;
  signal: AbortSignal;
  log: Log;
  /** Says which changes of karma count. */
  judge: Judge;
  /** What undos took back that were answered; left out where nobody was told anything. */
  told?: Told | undefined;
  /** How long the ledger remembers, LEDGER_RETENTION. */
  ledgerRetentionMs: number;
  /** Only says what would be applied. */
  dryRun: boolean;
}

/** A request, and its sequence in POPPLE_REQUESTS. */
interface Stored {
  request: Request;
  sequence: number;
}

/** What a batch holds for the ledger, each id once. */
interface Partitioned {
  due: Stored[];
  /** Older than the ledger can vouch for. */
  tooOld: Stored[];
}

/** Does one thing with Postgres, again and again while Postgres is away. @throws the signal's reason; what waiting cannot fix. */
function whileAway<Result>({ signal, log }: ReplayContext, action: () => Promise<Result>): Promise<Result> {
  return retryTransient(action, {
    pace: RETRY_PACES.inHand,
    signal,
    isTransient,
    onRetry: (error, pauseMs) =>
      log.warn(`Postgres cannot take it now: ${describeError(error)}; trying again in ${pauseMs} ms`),
  });
}

function partition({ tally, ledgerRetentionMs }: ReplayContext, batch: readonly JsMsg[]): Partitioned {
  const memory = ledgerMemory(ledgerRetentionMs);
  const parts: Partitioned = { due: [], tooOld: [] };
  const seen = new Set<string>();
  for (const { data, subject, seq: sequence } of batch) {
    const decoded = decodeRequest(data, subject);
    if (!decoded.ok) {
      tally.addProblem({ sequence, outcome: 'unreadable', reason: `${decoded.reason}: ${decoded.detail}` });
      continue;
    }
    const request = decoded.message;
    if (!writes(request)) tally.add('skipped');
    else if (seen.has(request.id)) tally.add('known');
    else if (!memory.vouchesFor(request)) parts.tooOld.push({ request, sequence });
    else parts.due.push({ request, sequence });
    seen.add(request.id);
  }
  return parts;
}

/**
 * Refuses requests that the ledger may have forgotten: applied again, they would count twice. One that it still has is
 * known like any other.
 */
async function refuseTooOld(context: ReplayContext, tooOld: readonly Stored[]): Promise<void> {
  const memory = ledgerMemory(context.ledgerRetentionMs);
  const ids = tooOld.map(({ request }) => request.id);
  const missing = await whileAway(context, () => findMissingIds(context.database, ids));
  for (const { request, sequence } of tooOld) {
    if (!missing.has(request.id)) {
      context.tally.add('known');
      continue;
    }
    const reason = memory.refusal(request);
    context.tally.addProblem({ sequence, outcome: 'refused', reason });
  }
}

async function apply(context: ReplayContext, due: readonly Stored[]): Promise<void> {
  const { database, judge, told, tally } = context;
  const sequences = new Map(due.map(({ request, sequence }) => [request.id, sequence]));
  for (const { kind, requests } of groupByKind(due.map(({ request }) => request))) {
    const { refused } = await bisect(
      requests,
      async (some) => {
        const results = await whileAway(context, () => HANDLERS[kind].run(database, some, judge, told));
        // Counted at once: what a later group runs into does not make this undone.
        for (const { alreadyApplied } of results.values()) tally.add(alreadyApplied ? 'known' : 'applied');
      },
      isRefusal,
    );
    for (const { item, error } of refused) {
      const reason = `Postgres refuses request ${item.id}: ${describeError(error)}`;
      tally.addProblem({ sequence: sequences.get(item.id) ?? 0, outcome: 'refused', reason });
    }
  }
}

/** Counts what `apply` would apply. `wouldApply` remembers it: a request that is stored twice would be applied once. */
async function dryRun(
  context: ReplayContext,
  due: readonly Stored[],
  wouldApply: Set<string>,
): Promise<void> {
  const ids = due.map(({ request }) => request.id);
  const missing = await whileAway(context, () => findMissingIds(context.database, ids));
  for (const id of ids) {
    context.tally.add(missing.has(id) && !wouldApply.has(id) ? 'applied' : 'known');
    if (missing.has(id)) wouldApply.add(id);
  }
}

/**
 * Applies stored requests to Postgres as svc does, by the same statements, and publishes nothing: what the ledger has is
 * left as it is, so replaying again, or beside running workers, or after being killed anywhere, counts nothing twice.
 * Changes of karma and undos that were answered count as members were told; only others are decided now. Checks change nothing and are
 * skipped. Waits for as long as Postgres is away. Ends with the batches, or at the signal
 * when what is in hand is done.
 *
 * A request whose statement was committed but whose connection died before the answer came is counted as known, not as
 * applied: that is what the second try finds.
 * @throws what Postgres raises when waiting cannot fix it and no request is to blame.
 */
export async function replay(
  context: ReplayContext,
  batches: AsyncIterable<readonly JsMsg[]>,
  onProgress: (done: number) => void,
): Promise<void> {
  const wouldApply = new Set<string>();
  try {
    for await (const batch of batches) {
      const { due, tooOld } = partition(context, batch);
      if (tooOld.length > 0) await refuseTooOld(context, tooOld);
      if (context.dryRun) await dryRun(context, due, wouldApply);
      else await apply(context, due);
      onProgress(context.tally.total);
      if (context.signal.aborted) return;
    }
  } catch (error) {
    if (error !== context.signal.reason) throw error;
  }
}
