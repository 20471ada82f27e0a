import { SUBJECTS } from '@popple/shared/messaging/subjects';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import {
  connect,
  DeliverPolicy,
  type JetStreamManager,
  type NatsConnection,
  nanos,
  headers as newHeaders,
  type StoredMsg,
} from 'nats';

/** A message in a stream: its place there and its Nats-Msg-Id. */
export interface Entry {
  readonly sequence: number;
  readonly id: string;
}

/** How far a durable consumer is. */
export interface Progress {
  /** Messages that were never delivered. */
  readonly pending: number;
  /** Delivered and not acked. */
  readonly unacked: number;
  /** Deliveries beyond the first of each message, as far as the server remembers. */
  readonly redelivered: number;
}

const RETRY_PAUSE_MS = 200;
const FETCH_EXPIRES_MS = 5_000;
const PAGE = 1_000;

/** The side and stream of each durable consumer. */
const CONSUMERS = [
  { stream: STREAMS.requests, durable: DURABLES.svc },
  { stream: STREAMS.events, durable: DURABLES.bot },
] as const;

/**
 * The test's own view of the streams, past every proxy. Whatever it is asked, it tries again for as long as NATS is away
 * and the time given is not over.
 */
export class Observer {
  readonly #connection: NatsConnection;
  readonly #published = new Map<string, Set<string>>();

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe(SUBJECTS.events, {
      callback: (_error, message) => {
        const id = message.headers?.get('Nats-Msg-Id') ?? '';
        const payloads = this.#published.get(id) ?? new Set();
        this.#published.set(id, payloads.add(message.string()));
      },
    });
  }

  /**
   * The different payloads of the events that were published since this was opened, by their Nats-Msg-Id: also those that a
   * stream dropped as duplicates, or lost. What was published while NATS did not reach the observer is missing.
   */
  get published(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#published;
  }

  static async open(url: string): Promise<Observer> {
    return new Observer(
      await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 100, reconnectJitter: 0 }),
    );
  }

  /** Puts a message on a stream; resolves when the stream has it. The id keeps a second try from being a second message. */
  publish(subject: string, data: string | Uint8Array, id: string, patienceMs: number): Promise<void> {
    return this.retrying(patienceMs, async () => {
      const headers = newHeaders();
      headers.set('Nats-Msg-Id', id);
      await this.#connection.jetstream().publish(subject, data, { headers, timeout: 2_000 });
    });
  }

  /** What a stream holds from a sequence on. */
  entries(stream: string, fromSequence: number, patienceMs: number): Promise<Entry[]> {
    return this.retrying(patienceMs, async () => {
      const manager = await this.#manager();
      const { state } = await manager.streams.info(stream);
      const entries: Entry[] = [];
      if (state.messages === 0 || state.last_seq < fromSequence) return entries;
      const consumer = await this.#connection.jetstream().consumers.get(stream, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: fromSequence,
        headers_only: true,
      });
      for (let last = 0; last < state.last_seq; ) {
        const before = last;
        for await (const message of await consumer.fetch({ max_messages: PAGE, expires: FETCH_EXPIRES_MS })) {
          last = message.seq;
          entries.push({ sequence: last, id: message.headers?.get('Nats-Msg-Id') ?? '' });
          if (last >= state.last_seq) break;
        }
        if (last === before) throw new Error(`${stream} ended at ${last}, not at ${state.last_seq}`);
      }
      return entries;
    });
  }

  /** Every message of a stream, with headers and payload. For streams with few. */
  messages(stream: string, patienceMs: number): Promise<StoredMsg[]> {
    return this.retrying(patienceMs, async () => {
      const manager = await this.#manager();
      const { state } = await manager.streams.info(stream);
      const messages: StoredMsg[] = [];
      if (state.messages === 0) return messages;
      for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
        messages.push(await manager.streams.getMessage(stream, { seq }));
      }
      return messages;
    });
  }

  /** How far svc and bot are, in this order. */
  progress(patienceMs: number): Promise<Progress[]> {
    return this.retrying(patienceMs, async () => {
      const manager = await this.#manager();
      const infos = await Promise.all(
        CONSUMERS.map(({ stream, durable }) => manager.consumers.info(stream, durable)),
      );
      return infos.map((info) => ({
        pending: info.num_pending,
        unacked: info.num_ack_pending,
        redelivered: Math.max(0, info.delivered.consumer_seq - info.delivered.stream_seq),
      }));
    });
  }

  /**
   * Has the server redeliver unacked messages after this time instead of ack_wait, until a service starts again
   * and sets it again. What dead processes held comes back without that wait.
   */
  hurryRedeliveries(ackWaitMs: number, patienceMs: number): Promise<void> {
    return this.retrying(patienceMs, async () => {
      const manager = await this.#manager();
      for (const { stream, durable } of CONSUMERS) {
        await manager.consumers.update(stream, durable, { ack_wait: nanos(ackWaitMs) });
      }
    });
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** Does it again until it succeeds. @throws the last error when the time is over. */
  async retrying<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
    for (const giveUpAt = Date.now() + patienceMs; ; ) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > giveUpAt || this.#connection.isClosed()) throw error;
        await Bun.sleep(RETRY_PAUSE_MS);
      }
    }
  }

  #manager(): Promise<JetStreamManager> {
    return this.#connection.jetstreamManager({ timeout: 2_000 });
  }
}
