import type { Database } from '@popple/db/client';
import { connectionProblem } from '@popple/db/connection-problem';
import { isTimeout, isTransient } from '@popple/db/errors';
import type { Judge } from '@popple/db/judging';
import { ping } from '@popple/db/queries/ping';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { ConsumerLostError, Inbox } from '@popple/shared/messaging/inbox';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { describeError } from '@popple/shared/observability/log';
import { nextTurn } from '@popple/shared/process/next-turn';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import type { Runner } from '@popple/shared/process/runner';
import { type JsMsg, NatsError } from 'nats';
import { applyBatch, type BatchContext, type Pending, publishBatch } from './batch';
import { BatchLimit } from './batch-limit';
import { requestsGivenBack } from './metrics';

/** Most requests that one statement applies. */
const MAX_BATCH = 500;
/** How long to wait for the stream's word that it has the events of a batch. */
const PUB_ACK_TIMEOUT_MS = 5_000;

/** What the loop handles requests with. */
export interface LoopOptions {
  database: Database;
  /** Says which changes of karma count. */
  judge: Judge;
  /** How long the ledger remembers, LEDGER_RETENTION. */
  ledgerRetentionMs: number;
}

/** What the loop is doing, for readiness. */
export interface LoopState {
  /** Where Postgres is, for people. */
  readonly place: string;
  /** Undefined while requests are being handled, else why they are not. */
  waitingFor: string | undefined;
}

/** Applies a batch, and lets the limit know how it went. @throws what applyBatch does. */
async function applyLimited(
  context: BatchContext,
  batch: readonly JsMsg[],
  limit: BatchLimit,
): Promise<Pending> {
  try {
    const pending = await applyBatch(context, batch);
    limit.succeeded(batch.length);
    return pending;
  } catch (error) {
    if (isTimeout(error)) {
      limit.timedOut();
      context.log.warn(
        `Postgres took too long for ${batch.length} requests: trying smaller batches, of at most ${limit.current}`,
      );
    }
    throw error;
  }
}

/**
 * Handles batches until told to stop, then finishes what has arrived.
 *
 * While Postgres applies a batch, the events of the one before are on their way to the stream: one waits for its disk,
 * the other for ours. Batches are applied one after another and published one after another, so each server's requests
 * keep their order in both.
 */
async function handleUntilStopped(
  inbox: Inbox,
  context: BatchContext,
  limit: BatchLimit,
  signal: AbortSignal,
  onDone: () => void,
) {
  const stopPulling = () => inbox.stop();
  signal.addEventListener('abort', stopPulling, { once: true });
  let publishing: Promise<void> = Promise.resolve();
  let hasFailed = false;
  const publish = async (pending: Pending) => {
    // The next batch leaves for Postgres first, which can then work while this process does.
    await nextTurn();
    await publishBatch(context, pending);
    onDone();
  };
  try {
    for (;;) {
      const batch = await inbox.take(limit.current);
      if (batch.length === 0 || hasFailed) break;
      const pending = await applyLimited(context, batch, limit);
      await publishing;
      publishing = publish(pending);
      publishing.catch(() => {
        hasFailed = true;
        inbox.stop();
      });
    }
    await publishing;
  } finally {
    // What can still be acked is not given back.
    await Promise.allSettled([publishing]);
    signal.removeEventListener('abort', stopPulling);
  }
}

/**
 * Takes requests from the shared durable consumer and handles them until the runner's signal.
 *
 * Two states. *Pulling*: batches are fetched ahead and handled. When handling fails for a reason that is not a
 * request's own, everything in hand is given back and the loop is *waiting*: it pulls nothing, pauses longer each time
 * (up to 30 s), and returns to pulling once Postgres answers again. Nothing is dead-lettered for such a failure. When
 * Postgres took too long, the next batches are smaller.
 * @throws ConsumerLostError when the durable consumer is gone; OperatorError when Postgres refuses the user, the password
 * or the database for a reason that waiting does not correct.
 */
export async function requestLoop(
  runner: Runner,
  jetstream: JetStream,
  { database, judge, ledgerRetentionMs }: LoopOptions,
  state: LoopState,
): Promise<void> {
  const { signal, log } = runner;
  const publisher = new BulkPublisher(jetstream.connection, PUB_ACK_TIMEOUT_MS, jetstream.inboxPrefix);
  const limit = new BatchLimit(MAX_BATCH);
  let hasWorked = false;
  for (let failures = 0; !signal.aborted; ) {
    try {
      await ping(database);
      hasWorked = true;
      const consumer = await jetstream.client.consumers.get(STREAMS.requests, DURABLES.svc);
      const inbox = await Inbox.open(jetstream.connection, consumer, MAX_BATCH);
      if (signal.aborted) inbox.stop();
      const context: BatchContext = {
        database,
        client: jetstream.client,
        publisher,
        log,
        judge,
        ledgerRetentionMs,
        done: (message) => inbox.done(message),
      };
      try {
        state.waitingFor = undefined;
        await handleUntilStopped(inbox, context, limit, signal, () => {
          failures = 0;
        });
      } finally {
        const count = inbox.giveBack(backoffMs(failures, RETRY_PACES.postgres));
        requestsGivenBack.inc(count);
      }
    } catch (error) {
      if (error instanceof ConsumerLostError) throw error;
      const problem = connectionProblem(error, { place: state.place, hasWorked });
      if (problem !== undefined) throw problem;
      const pauseMs = backoffMs(failures, RETRY_PACES.postgres);
      failures += 1;
      state.waitingFor = describeError(error);
      const line = `requests wait: ${state.waitingFor}; trying again in ${pauseMs} ms`;
      if (isTransient(error) || error instanceof NatsError) log.warn(line);
      // A bug rather than an outage. Nothing is lost by waiting; somebody has to look.
      else log.error({ err: error }, line);
      await pause(pauseMs, signal);
    }
  }
}
