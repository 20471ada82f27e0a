import type { ReplyContext } from '../answers/deliver';
import type { KeyedQueue } from '../answers/keyed-queue';
import type { Outgoing } from '../answers/outgoing';
import { sayOwnWords } from '../answers/own-words';
import { replies } from '../metrics';

/** Most local replies that wait in one channel: who asks for help that often does not read it. */
const MOST_PER_CHANNEL = 32;

/**
 * Replies that bot makes without svc. They are owed like any other: the message that asks for one counts as dealt with
 * when the reply is final, so that the gateway sequence stays below it, and whoever resumes the session, or reads back,
 * receives the message again. A process that is killed, or a NATS or Discord that is away, delays a reply and loses none.
 *
 * They are no requests, because `help` should not need svc and Postgres, and because nothing needs to be stored that
 * Discord stores already. The price: while Discord takes no replies, the sequence stays where it is, for `REPLY_MAX_AGE` at
 * most; a successor is then told more again than it needs, and drops it by its ids. A bot that is stopped with a reply
 * owed takes some seconds longer.
 */
export class LocalReplies {
  readonly #context: ReplyContext & { queue: KeyedQueue };
  readonly #fail: (error: unknown) => void;
  readonly #waiting = new Map<string, number>();

  constructor(context: ReplyContext & { queue: KeyedQueue }, fail: (error: unknown) => void) {
    this.#context = context;
    this.#fail = fail;
  }

  /** Resolves when the reply is final; never when it stays owed, because the process is stopping or has failed. */
  async say(outgoing: Outgoing): Promise<void> {
    const { channelId } = outgoing;
    const waiting = this.#waiting.get(channelId) ?? 0;
    if (waiting >= MOST_PER_CHANNEL) {
      replies.inc({ outcome: 'shed' });
      return;
    }
    this.#waiting.set(channelId, waiting + 1);
    let isFinal = false;
    try {
      isFinal = await this.#context.queue.run(channelId, () => sayOwnWords(this.#context, outgoing));
    } catch (error) {
      this.#fail(error);
    }
    const left = (this.#waiting.get(channelId) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(channelId);
    else this.#waiting.set(channelId, left);
    if (!isFinal) await new Promise<never>(() => undefined);
  }
}
