import type { Database } from '@popple/db/client';
import { isTransient } from '@popple/db/errors';
import { ping } from '@popple/db/queries/ping';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { ConsumerLostError, Inbox } from '@popple/shared/messaging/inbox';
import type { Session } from '@popple/shared/messaging/session';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import { NatsError } from 'nats';
import { type BatchContext, handleBatch } from './batch';
import { requestsGivenBack } from './metrics';

/** Most requests that one statement applies. */
const MAX_BATCH = 500;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 30_000;

/** What the loop is doing, for readiness. */
export interface LoopState {
  /** Undefined while requests are being handled, else why they are not. */
  waitingFor: string | undefined;
}

/** Handles batches until told to stop, then finishes what has arrived. */
async function handleUntilStopped(
  inbox: Inbox,
  context: BatchContext,
  signal: AbortSignal,
  onDone: () => void,
) {
  const stopPulling = () => inbox.stop();
  signal.addEventListener('abort', stopPulling, { once: true });
  try {
    for (;;) {
      const batch = await inbox.take(MAX_BATCH);
      if (batch.length === 0) return;
      await handleBatch(context, batch);
      onDone();
    }
  } finally {
    signal.removeEventListener('abort', stopPulling);
  }
}

/**
 * Takes requests from the shared durable consumer and handles them until the runner's signal.
 *
 * Two states. *Pulling*: batches are fetched ahead and handled. When handling fails for a reason that is not a
 * request's own, everything in hand is given back and the loop is *waiting*: it pulls nothing, pauses longer each time
 * (up to 30 s), and returns to pulling once Postgres answers again. Nothing is dead-lettered for such a failure.
 * @throws ConsumerLostError when the durable consumer is gone.
 */
export async function requestLoop(
  runner: Runner,
  session: Session,
  database: Database,
  state: LoopState,
): Promise<void> {
  const { signal, log } = runner;
  for (let failures = 0; !signal.aborted; ) {
    try {
      await ping(database);
      const consumer = await session.client.consumers.get(STREAMS.requests, DURABLES.svc);
      const inbox = await Inbox.open(consumer, MAX_BATCH);
      if (signal.aborted) inbox.stop();
      const context: BatchContext = {
        database,
        client: session.client,
        log,
        settled: (message) => inbox.settled(message),
      };
      try {
        state.waitingFor = undefined;
        await handleUntilStopped(inbox, context, signal, () => {
          failures = 0;
        });
      } finally {
        const count = inbox.giveBack(backoffMs(failures, RETRY_BASE_MS, RETRY_CAP_MS));
        requestsGivenBack.inc(count);
      }
    } catch (error) {
      if (error instanceof ConsumerLostError) throw error;
      const pauseMs = backoffMs(failures, RETRY_BASE_MS, RETRY_CAP_MS);
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
