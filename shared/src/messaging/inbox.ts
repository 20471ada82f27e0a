import {
  type Consumer,
  ConsumerEvents,
  type ConsumerMessages,
  Events,
  type JsMsg,
  millis,
  type NatsConnection,
  nanos,
} from 'nats';
import { nextTurn } from '../process/next-turn';
import { ACK_WAIT_MS } from './topology';

/**
 * How many times within its patience (ack_wait) the server is notified that a message is still being worked on. What was in hand
 * for less than one such interval is not mentioned: at full speed nothing is, and progress costs nothing.
 */
const REPORTS_IN_ACK_WAIT = 4;

/**
 * How long a request for messages lasts. One whose process died is dropped by the server when it notices; across accounts
 * it may not notice (always, when the consumer's leader is another server of the cluster), and gives messages to nobody,
 * which come again after ACK_WAIT_MS. The shorter, the fewer.
 */
const PULL_EXPIRES_MS = 2_000;

/** How often in a row a consumer must be reported missing before it is believed: a restarting server may not know it yet. */
const MISSING_REPORTS = 3;

/** The durable consumer, or its stream, is gone; starting anew makes it again. */
export class ConsumerLostError extends Error {
  override name = 'ConsumerLostError';
}

/**
 * What nats.js calls for each message that arrives, before it queues it; its public types leave it out.
 *
 * nats.js 2.29 has no public way to do this. With the `callback` of `consume` each message is seen as it arrives, but then
 * nothing limits how many are fetched: nats.js queues its pull requests among the messages, so an iterator that is not
 * read on is what stops it from fetching. The iterator's `getPending()` counts what is queued, and does not show it.
 */
interface Queue {
  ingestionFilterFn?: (message: JsMsg) => { ingest: boolean; protocol: boolean };
}

/**
 * What nats.js notes when a message is acked, naked or terminated, so that it is once: it publishes nothing more about that
 * message. Its public types leave it out.
 */
interface Ackable {
  didAck?: boolean;
}

/**
 * Messages fetched ahead from a durable pull consumer, handed out in batches of whatever is waiting.
 *
 * A message is in hand from when it arrives until `done` is called for it; meanwhile the server is notified
 * several times within its ack_wait that it is being worked on, so it is not given to somebody else for being slow. At
 * most twice `capacity` messages are held unasked: fetching stops until some are taken.
 *
 * A process whose event loop is blocked, or that is frozen, for longer than ack_wait reports nothing, and what it holds is
 * given to another as well. The ledger and the memory of replies make that harmless.
 *
 * What is in hand when the connection is lost is never acked, and is delivered again. An ack names a message by its number in
 * the stream. If NATS lost its volume, and another process has made the stream anew meanwhile, that number is of another
 * message, which somebody else may have in hand: acked, it would not be delivered again if they are killed.
 */
export class Inbox {
  readonly #messages: ConsumerMessages;
  readonly #capacity: number;
  readonly #waiting: JsMsg[] = [];
  /** Every message in hand with when it arrived, oldest first: also those that nats.js still queues. */
  readonly #inHand = new Map<JsMsg, number>();
  readonly #working: ReturnType<typeof setInterval>;
  #ended = false;
  /** Everything was given back: nothing is in hand any more, nor will be. */
  #isOver = false;
  #error: Error | undefined;
  #arrived = Promise.withResolvers<void>();
  #taken = Promise.withResolvers<void>();

  private constructor(
    connection: NatsConnection,
    messages: ConsumerMessages,
    capacity: number,
    ackWaitMs: number,
  ) {
    this.#messages = messages;
    this.#capacity = capacity;
    // A message that nats.js queues while nobody takes any is on the server's clock like the others.
    (messages as Queue).ingestionFilterFn = (message) => {
      this.#inHand.set(message, performance.now());
      return { ingest: true, protocol: false };
    };
    const intervalMs = ackWaitMs / REPORTS_IN_ACK_WAIT;
    this.#working = setInterval(() => this.#reportProgress(intervalMs), intervalMs);
    void this.#receive();
    void this.#watch();
    void this.#disown(connection);
  }

  async #disown(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (this.#isOver) return;
      if (type !== Events.Disconnect) continue;
      for (const message of this.#inHand.keys()) (message as Ackable).didAck = true;
    }
  }

  #reportProgress(ofAtLeastMs: number): void {
    const arrivedBefore = performance.now() - ofAtLeastMs;
    for (const [message, arrivedAt] of this.#inHand) {
      if (arrivedAt > arrivedBefore) break;
      message.working();
    }
  }

  /**
   * Starts fetching. `capacity` is how many messages may be on their way at once, from 1. The connection is that of the consumer.
   */
  static async open(connection: NatsConnection, consumer: Consumer, capacity: number): Promise<Inbox> {
    // The consumer may have another ack_wait than this release wants: one that this user may not change.
    const { config } = await consumer.info(true);
    const ackWaitMs = Math.min(ACK_WAIT_MS, millis(config.ack_wait ?? nanos(ACK_WAIT_MS)));
    return new Inbox(
      connection,
      await consumer.consume({ max_messages: capacity, expires: PULL_EXPIRES_MS }),
      capacity,
      ackWaitMs,
    );
  }

  async #receive(): Promise<void> {
    try {
      for await (const message of this.#messages) {
        // What was already on its way when fetching stopped is still ours to settle.
        this.#waiting.push(message);
        this.#arrived.resolve();
        while (this.#waiting.length >= this.#capacity && !this.#ended) {
          this.#taken = Promise.withResolvers();
          await this.#taken.promise;
        }
      }
      if (!this.#ended) this.#end(new ConsumerLostError('the consumer ended without being asked to'));
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #watch(): Promise<void> {
    for await (const status of await this.#messages.status()) {
      const missing =
        status.type === ConsumerEvents.ConsumerNotFound || status.type === ConsumerEvents.StreamNotFound;
      const isLost =
        status.type === ConsumerEvents.ConsumerDeleted || (missing && Number(status.data) >= MISSING_REPORTS);
      if (isLost) this.#end(new ConsumerLostError(`the durable consumer is gone: ${status.type}`));
    }
  }

  #end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    void this.#messages.close();
    this.#arrived.resolve();
    this.#taken.resolve();
  }

  /**
   * The messages that are waiting, oldest first, at most `max`; waits for one if there are none. An empty array means
   * that fetching was stopped and everything was handed out.
   * @throws ConsumerLostError when the consumer ended or is gone.
   */
  async take(max: number): Promise<JsMsg[]> {
    while (this.#waiting.length === 0 && !this.#ended) {
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
      // One read of the socket brings many, and the iterator hands them over one by one. Taken one by one, each would cost
      // a statement and a write of its own.
      await nextTurn();
    }
    if (this.#waiting.length === 0 && this.#error !== undefined) throw this.#error;
    const batch = this.#waiting.splice(0, max);
    this.#taken.resolve();
    return batch;
  }

  /** A message was acked, given back or terminated. */
  done(message: JsMsg): void {
    this.#inHand.delete(message);
  }

  /** Stops fetching; what has arrived can still be taken. */
  stop(): void {
    this.#end();
  }

  /**
   * Stops fetching and gives back everything in hand, to be delivered again after `delayMs`; returns
   * how many messages that were. The last call on an inbox, also when nothing is left in hand.
   */
  giveBack(delayMs: number): number {
    this.#end();
    clearInterval(this.#working);
    const count = this.#inHand.size;
    for (const message of this.#inHand.keys()) message.nak(delayMs);
    this.#inHand.clear();
    this.#isOver = true;
    this.#waiting.length = 0;
    return count;
  }
}
