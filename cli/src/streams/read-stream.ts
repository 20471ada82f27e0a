import { backoffMs } from '@popple/shared/messaging/backoff';
import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import type { Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  NatsError,
  nanos,
  type StreamState,
} from 'nats';
import { describeNatsError } from '../terminal/nats-error';

/** Which part of a stream to read. */
export interface StreamRange {
  stream: string;
  /** One subject, wildcards allowed. */
  filterSubject: string;
  /** From the first message stored at or after this time (milliseconds since the Unix epoch); else from the beginning. */
  sinceMs?: number | undefined;
  /** Up to the first message stored at or after this time; else what is there when reading begins. */
  untilMs?: number | undefined;
  /** Leaves the payloads behind. */
  headersOnly?: boolean;
}

export interface StreamAccess {
  client: JetStreamClient;
  manager: JetStreamManager;
  signal: AbortSignal;
  log: Log;
}

/** A part of a stream, about to be read. */
export interface Reading {
  /** How many messages it is, as far as known now. */
  total: number;
  /** When the oldest message that the stream still has was stored, when older ones are gone; else undefined. */
  beginsAt: Date | undefined;
  /** The messages in order, each once, in batches of up to 500; ends early at the signal. */
  batches(): AsyncGenerator<JsMsg[]>;
}

const BATCH = 500;
const FETCH_MS = 5_000;
/** After this the server removes the consumer of a reader that was killed. */
const INACTIVE_MS = 60_000;

/** Messages were lost on the way, or do not come: read on from the last one that was seen, with a new consumer. */
class InterruptedError extends Error {
  override name = 'InterruptedError';
}

type Start = { time: number } | { sequence: number };

/** A temporary consumer, and how many of its messages have arrived. */
interface Cursor {
  consumer: Consumer;
  arrived: number;
}

/** When a message was stored, in milliseconds since the Unix epoch. */
export function storedAtMs(message: JsMsg): number {
  return message.info.timestampNanos / 1e6;
}

/**
 * The state of a stream that bot and svc make when they start.
 * @throws OperatorError when there is no such stream; NatsError when NATS cannot be asked.
 */
export async function streamState(manager: JetStreamManager, stream: string): Promise<StreamState> {
  try {
    return (await manager.streams.info(stream)).state;
  } catch (error) {
    if (!isJetStreamError(error, 'streamNotFound')) throw error;
    throw new OperatorError(
      `this NATS has no stream ${stream}. Does NATS_URL name the NATS that bot and svc use? They make it when they start.`,
      { cause: error },
    );
  }
}

async function makeConsumer(access: StreamAccess, range: StreamRange, start: Start) {
  return await access.manager.consumers.add(range.stream, {
    // Nothing is acked: what was lost on the way shows in the consumer's own numbering, and is read again.
    ack_policy: AckPolicy.None,
    filter_subject: range.filterSubject,
    inactive_threshold: nanos(INACTIVE_MS),
    mem_storage: true,
    num_replicas: 1,
    ...(range.headersOnly ? { headers_only: true } : {}),
    ...('time' in start
      ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(start.time).toISOString() }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.sequence }),
  });
}

async function openCursor(access: StreamAccess, range: StreamRange, start: Start): Promise<Cursor> {
  const { name } = await makeConsumer(access, range, start);
  return { consumer: await access.client.consumers.get(range.stream, name), arrived: 0 };
}

/** How many messages lie at or after `start`. */
async function count(access: StreamAccess, range: StreamRange, start: Start): Promise<number> {
  const { name, num_pending } = await makeConsumer(access, range, start);
  await access.manager.consumers.delete(range.stream, name);
  return num_pending;
}

/**
 * The next messages, or undefined when there are none.
 * @throws InterruptedError when some did not arrive; NatsError when NATS cannot be asked or the consumer is gone.
 */
async function fetchNext(cursor: Cursor, signal: AbortSignal): Promise<JsMsg[] | undefined> {
  const { delivered, num_pending } = await cursor.consumer.info();
  if (delivered.consumer_seq !== cursor.arrived) throw new InterruptedError('messages were lost on the way');
  if (num_pending === 0) return undefined;
  const messages = await cursor.consumer.fetch({
    max_messages: Math.min(BATCH, num_pending),
    expires: FETCH_MS,
  });
  const close = () => void messages.close();
  signal.addEventListener('abort', close, { once: true });
  const batch: JsMsg[] = [];
  try {
    for await (const message of messages) {
      if (message.info.deliverySequence !== cursor.arrived + 1)
        throw new InterruptedError('messages were lost on the way');
      cursor.arrived += 1;
      batch.push(message);
    }
  } finally {
    signal.removeEventListener('abort', close);
  }
  if (batch.length === 0 && !signal.aborted)
    throw new InterruptedError(`none of ${num_pending} messages came within ${FETCH_MS / 1_000} s`);
  return batch;
}

/**
 * Reads a part of a stream as it is now, through a temporary consumer, for as long as that takes: when NATS goes away or
 * restarts, reading goes on after the last message seen. (nats.js' ordered consumer does this too, but says neither when
 * it has come to the end nor what it waits for.)
 *
 * The end is the stream's last sequence when reading begins, so a reader never runs after what is being published.
 * @throws OperatorError when there is no such stream; NatsError when NATS cannot be asked.
 */
export async function readStream(access: StreamAccess, range: StreamRange): Promise<Reading> {
  const state = await streamState(access.manager, range.stream);
  const { last_seq: lastSequence, first_seq: firstSequence } = state;
  const since: Start = range.sinceMs === undefined ? { sequence: 1 } : { time: range.sinceMs };
  const beyond = range.untilMs === undefined ? 0 : await count(access, range, { time: range.untilMs });
  const total = Math.max(0, (await count(access, range, since)) - beyond);
  const beginsAt = firstSequence > 1 && state.messages > 0 ? new Date(state.first_ts) : undefined;

  async function* batches(): AsyncGenerator<JsMsg[]> {
    let start = since;
    let cursor: Cursor | undefined;
    const isWithin = (message: JsMsg) =>
      message.seq <= lastSequence && !(range.untilMs !== undefined && storedAtMs(message) >= range.untilMs);
    try {
      for (let failures = 0; !access.signal.aborted; ) {
        let batch: JsMsg[] | undefined;
        try {
          cursor ??= await openCursor(access, range, start);
          batch = await fetchNext(cursor, access.signal);
          failures = 0;
        } catch (error) {
          if (access.signal.aborted) return;
          if (!(error instanceof NatsError || error instanceof InterruptedError)) throw error;
          cursor = undefined;
          const pauseMs = backoffMs(failures, RETRY_PACES.nats);
          failures += 1;
          const reason = error instanceof NatsError ? describeNatsError(error) : error.message;
          access.log.warn(`cannot read on from NATS: ${reason}; trying again in ${pauseMs} ms`);
          await pause(pauseMs, access.signal);
          await refuseNewStream();
          continue;
        }
        const within = batch?.filter(isWithin) ?? [];
        if (within.length > 0) yield within;
        if (batch === undefined || within.length < batch.length) break;
        const last = batch.at(-1);
        if (last === undefined || last.seq >= lastSequence) break;
        start = { sequence: last.seq + 1 };
      }
    } finally {
      // One that is left behind is removed by the server a minute later.
      if (cursor !== undefined) await cursor.consumer.delete().catch(() => undefined);
    }
  }

  /** A stream that was deleted and made anew would look like one that was read to its end. */
  async function refuseNewStream(): Promise<void> {
    const now = await streamState(access.manager, range.stream).catch((error: unknown) => {
      if (error instanceof OperatorError) throw error;
      return undefined;
    });
    if (now === undefined || now.last_seq >= lastSequence) return;
    throw new OperatorError(
      `${range.stream} was made anew while it was read: it ended at ${lastSequence} and now ends at ${now.last_seq}`,
    );
  }

  return { total, beginsAt, batches };
}
