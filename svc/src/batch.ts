import type { Database } from '@popple/db/client';
import { isRefusal } from '@popple/db/errors';
import type { Judge } from '@popple/db/judging';
import { findMissingIds } from '@popple/db/queries/find-missing-ids';
import type { Request } from '@popple/shared/contract/request';
import type { BulkPublisher, StreamMessage } from '@popple/shared/messaging/bulk-publisher';
import { decodeRequest, encode } from '@popple/shared/messaging/codec';
import { type DeadCause, deadLetter } from '@popple/shared/messaging/dead-letter';
import { newerVersionDelayMs } from '@popple/shared/messaging/newer-version';
import { eventSubject } from '@popple/shared/messaging/subjects';
import { describeError, type Log } from '@popple/shared/observability/log';
import { allToTheEnd } from '@popple/shared/process/all-to-the-end';
import { crashPoint } from '@popple/shared/process/crash-point';
import type { JetStreamClient, JsMsg } from 'nats';
import { bisect, groupByKind } from './divide-batch';
import {
  batchSize,
  databaseSeconds,
  duplicateEvents,
  newerRequests,
  redeliveries,
  requestsHandled,
} from './metrics';
import { HANDLERS, kindOfSubject, type Result, type Results } from './requests/handlers';
import { ledgerMemory } from './retention/ledger-memory';

/** What handling a batch needs. */
export interface BatchContext {
  database: Database;
  client: JetStreamClient;
  publisher: BulkPublisher;
  log: Log;
  /** Says which changes of karma count. */
  judge: Judge;
  /** How long the ledger remembers, LEDGER_RETENTION. */
  ledgerRetentionMs: number;
  /** Called for each message once it is acked, given back or dead-lettered. */
  done(message: JsMsg): void;
}

interface Read {
  message: JsMsg;
  request: Request;
}

/** The event that answers a request, and the request's message, acked once the stream has the event. */
interface PendingEvent extends StreamMessage {
  message: JsMsg;
  alreadyApplied: boolean;
}

interface Dead {
  message: JsMsg;
  cause: DeadCause;
}

interface Newer {
  message: JsMsg;
  delayMs: number;
}

/** What is left to do for a batch after Postgres has committed it. */
export interface Pending {
  events: PendingEvent[];
  dead: Dead[];
  /** Of a later contract version: given back for a newer worker. */
  newer: Newer[];
}

function read(messages: readonly JsMsg[]): { readable: Read[]; dead: Dead[]; newer: Newer[] } {
  const readable: Read[] = [];
  const dead: Dead[] = [];
  const newer: Newer[] = [];
  for (const message of messages) {
    if (message.redelivered) redeliveries.inc();
    const decoded = decodeRequest(message.data, message.subject);
    if (decoded.ok) {
      readable.push({ message, request: decoded.message });
      continue;
    }
    const delayMs = decoded.isNewer ? newerVersionDelayMs(message.info.deliveryCount) : undefined;
    if (delayMs !== undefined) newer.push({ message, delayMs });
    else dead.push({ message, cause: { origin: 'request', reason: decoded.reason, detail: decoded.detail } });
  }
  return { readable, dead, newer };
}

/**
 * Takes out the changes that the ledger may have forgotten, whoever published them: applied again, they would count
 * twice. One that it still has is answered as ever.
 */
async function refuseForgotten(
  { database, ledgerRetentionMs }: BatchContext,
  readable: readonly Read[],
): Promise<{ due: readonly Read[]; dead: Dead[] }> {
  const memory = ledgerMemory(ledgerRetentionMs);
  const old = readable.filter(({ request }) => !memory.vouchesFor(request));
  if (old.length === 0) return { due: readable, dead: [] };
  const missing = await findMissingIds(
    database,
    old.map(({ request }) => request.id),
  );
  const forgotten = old.filter(({ request }) => missing.has(request.id));
  const dead = forgotten.map(({ message, request }): Dead => {
    const detail = memory.refusal(request);
    return { message, cause: { origin: 'request', reason: 'older-than-ledger', detail } };
  });
  return { due: readable.filter((one) => !forgotten.includes(one)), dead };
}

function pendingEvent(message: JsMsg, { event, alreadyApplied }: Result): PendingEvent {
  return { message, alreadyApplied, subject: eventSubject(event), id: event.id, data: encode(event) };
}

/**
 * Applies a batch of requests to Postgres and resolves to what is left to do for it: an event for each, and a dead letter
 * for what cannot be read, for what is older than the ledger remembers, and for what Postgres refuses on its own, which
 * harms no other. What a newer worker can read is to be given back.
 * @throws the transient error that stopped it.
 */
export async function applyBatch(context: BatchContext, messages: readonly JsMsg[]): Promise<Pending> {
  batchSize.observe(messages.length);
  const { readable, dead: unreadable, newer } = read(messages);
  const { due, dead: forgotten } = await refuseForgotten(context, readable);
  const dead = [...unreadable, ...forgotten];
  const results: Results = new Map();
  const refusals = new Map<string, unknown>();
  for (const { kind, requests } of groupByKind(due.map(({ request }) => request))) {
    crashPoint('svc:before-apply');
    const finish = databaseSeconds.startTimer({ kind });
    const { results: done, refused } = await bisect(
      requests,
      (some) => HANDLERS[kind].run(context.database, some, context.judge),
      isRefusal,
    );
    finish();
    crashPoint('svc:after-commit');
    for (const some of done) for (const [id, result] of some) results.set(id, result);
    for (const { item, error } of refused) refusals.set(item.id, error);
  }
  const events: PendingEvent[] = [];
  for (const { message, request } of due) {
    const result = results.get(request.id);
    if (result !== undefined) {
      events.push(pendingEvent(message, result));
      continue;
    }
    const detail = describeError(refusals.get(request.id));
    dead.push({ message, cause: { origin: 'request', reason: 'refused-by-postgres', detail } });
  }
  return { events, dead, newer };
}

async function publishEvents(context: BatchContext, events: readonly PendingEvent[]): Promise<void> {
  const handled = new Map<string, number>();
  try {
    await context.publisher.publish(events, ({ message, alreadyApplied }, isDuplicate) => {
      crashPoint('svc:after-publish');
      message.ack();
      context.done(message);
      if (isDuplicate) duplicateEvents.inc();
      const what = `${kindOfSubject(message.subject)} ${alreadyApplied ? 'known' : 'applied'}`;
      handled.set(what, (handled.get(what) ?? 0) + 1);
    });
  } finally {
    for (const [what, count] of handled) {
      const [kind = 'none', outcome = 'none'] = what.split(' ');
      requestsHandled.inc({ kind, outcome }, count);
    }
  }
}

async function deadLetterRequest(context: BatchContext, { message, cause }: Dead): Promise<void> {
  await deadLetter(context.client, message, cause);
  context.done(message);
  requestsHandled.inc({ kind: kindOfSubject(message.subject), outcome: 'dead' });
  context.log.error(
    { subject: message.subject, sequence: message.seq, reason: cause.reason, detail: cause.detail },
    'dead-lettered a request',
  );
}

function giveBackNewer(context: BatchContext, newer: readonly Newer[]): void {
  for (const { message, delayMs } of newer) {
    message.nak(delayMs);
    context.done(message);
  }
  newerRequests.inc(newer.length);
  const isFirst = newer.some(({ message }) => message.info.deliveryCount === 1);
  if (isFirst) context.log.warn('requests of a later release wait for a newer svc');
}

/**
 * Publishes what a batch came to, in the order of its requests, and acks each request only when the stream has its event.
 * Killed at any point, what was not acked is delivered again and answered from the ledger.
 * @throws when all has been tried, the first error; messages not reported through `done` by then are pending.
 */
export async function publishBatch(context: BatchContext, { events, dead, newer }: Pending): Promise<void> {
  giveBackNewer(context, newer);
  await allToTheEnd([publishEvents(context, events), ...dead.map((one) => deadLetterRequest(context, one))]);
}
