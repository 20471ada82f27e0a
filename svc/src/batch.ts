import type { Database } from '@popple/db/client';
import { isRefusal } from '@popple/db/errors';
import type { Request } from '@popple/shared/contract/request';
import { decodeRequest, encode } from '@popple/shared/messaging/codec';
import { type DeadCause, deadLetter } from '@popple/shared/messaging/dead-letter';
import { eventSubject } from '@popple/shared/messaging/subjects';
import { describeError, type Log } from '@popple/shared/observability/log';
import { crashPoint } from '@popple/shared/process/crash-point';
import type { JetStreamClient, JsMsg } from 'nats';
import { type Answer, type Answers, answerRound } from './answers';
import { isolate } from './isolate';
import { batchSize, databaseSeconds, duplicateEvents, redeliveries, requestsHandled } from './metrics';
import { intoRounds } from './rounds';

/** What handling a batch needs. */
export interface BatchContext {
  database: Database;
  client: JetStreamClient;
  log: Log;
  /** Told of each message once nothing more is owed for it. */
  settled(message: JsMsg): void;
}

/** How long to wait for the stream's word that it has an event. */
const PUB_ACK_TIMEOUT_MS = 5_000;

interface Read {
  message: JsMsg;
  request: Request;
}

async function putAside(
  context: BatchContext,
  message: JsMsg,
  cause: Omit<DeadCause, 'origin'>,
): Promise<void> {
  await deadLetter(context.client, message, { origin: 'request', ...cause });
  context.settled(message);
  const kind = message.subject.split('.')[2] ?? 'none';
  requestsHandled.inc({ kind, outcome: 'dead' });
  context.log.error(
    { subject: message.subject, sequence: message.seq, reason: cause.reason, detail: cause.detail },
    'a request was put on POPPLE_DEAD',
  );
}

async function read(context: BatchContext, messages: readonly JsMsg[]): Promise<Read[]> {
  const readable: Read[] = [];
  for (const message of messages) {
    if (message.info.deliveryCount > 1) redeliveries.inc();
    const decoded = decodeRequest(message.data, message.subject);
    if (decoded.ok) readable.push({ message, request: decoded.message });
    else await putAside(context, message, decoded);
  }
  return readable;
}

async function publishAndAck(context: BatchContext, message: JsMsg, { event, known }: Answer): Promise<void> {
  const published = await context.client.publish(eventSubject(event), encode(event), {
    msgID: event.id,
    timeout: PUB_ACK_TIMEOUT_MS,
  });
  if (published.duplicate) duplicateEvents.inc();
  crashPoint('svc:after-publish');
  message.ack();
  context.settled(message);
  requestsHandled.inc({
    kind: message.subject.split('.')[2] ?? 'none',
    outcome: known ? 'known' : 'applied',
  });
}

/**
 * Handles a batch of requests: applies them to Postgres, publishes the event of each, and acks each only when the
 * stream has its event. What cannot be read, or what Postgres refuses on its own, goes to POPPLE_DEAD without harm to
 * the others. Killed at any point, what was not acked is delivered again and answered from the ledger.
 * @throws the transient error that stopped it; messages not reported through `settled` by then are still owed.
 */
export async function handleBatch(context: BatchContext, messages: readonly JsMsg[]): Promise<void> {
  batchSize.observe(messages.length);
  const readable = await read(context, messages);
  const answers: Answers = new Map();
  const refusals = new Map<string, unknown>();
  for (const round of intoRounds(readable.map(({ request }) => request))) {
    crashPoint('svc:before-apply');
    const finish = databaseSeconds.startTimer({ kind: round.kind });
    const { results, refused } = await isolate(
      round.requests,
      (requests) => answerRound(context.database, { kind: round.kind, requests: [...requests] }),
      isRefusal,
    );
    finish();
    crashPoint('svc:after-commit');
    for (const result of results) for (const [id, answer] of result) answers.set(id, answer);
    for (const { item, error } of refused) refusals.set(item.id, error);
  }
  // All are on their way before the first PubAck is awaited; the client keeps their order on the wire.
  const outcomes = await Promise.allSettled(
    readable.map(({ message, request }) => {
      const answer = answers.get(request.id);
      if (answer !== undefined) return publishAndAck(context, message, answer);
      const detail = describeError(refusals.get(request.id));
      return putAside(context, message, { reason: 'refused-by-postgres', detail });
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
