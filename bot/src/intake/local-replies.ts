import { describeError } from '@popple/shared/observability/log';
import type { KeyedQueue } from '@popple/shared/process/keyed-queue';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import { NatsError } from 'nats';
import { replies } from '../metrics';
import { postOnce, type ReplyContext } from '../replies/deliver';
import type { Outgoing } from '../replies/outgoing';

/** Most local replies that wait in one channel: whoever asks for help that often does not read it. */
const MOST_PER_CHANNEL = 32;

/**
 * Posts a local reply (help, a wrong size, …), once also when several bots read the message. Resolves to true when that is
 * final (posted, too old, refused for good), and to false when the process is stopping and the reply is pending. While NATS is
 * away it waits, because nobody knows then whether the reply is posted. What Discord refuses here has no stream to be
 * dead-lettered from, and is logged.
 * @throws OperatorError when Discord no longer accepts the token.
 */
async function postLocalReply(context: ReplyContext, outgoing: Outgoing): Promise<boolean> {
  const { memory, log, signal } = context;
  const post = async () => {
    const delivery = await postOnce(context, outgoing);
    if (delivery.outcome === 'refused') {
      log.error(`Discord refused a local reply: ${delivery.detail}`);
      await memory.finish(outgoing.requestId);
    }
    replies.inc({ outcome: delivery.outcome });
    return delivery.outcome !== 'interrupted';
  };
  try {
    return await retryTransient(post, {
      pace: RETRY_PACES.nats,
      signal,
      isTransient: (error) => error instanceof NatsError,
      onRetry: (error, pauseMs) =>
        log.warn(`a local reply waits for NATS: ${describeError(error)}; trying again in ${pauseMs} ms`),
    });
  } catch (error) {
    if (error !== signal.reason) throw error;
    return false;
  }
}

/**
 * Replies that bot makes without svc. They are pending like any other: the message that asks for one counts as handled when
 * the reply is final, so that the gateway sequence stays below it, and whoever resumes the session, or backfills, receives
 * the message again. A process that is killed, or a NATS or Discord that is away, delays a reply and loses none.
 *
 * They are no requests, because `help` should not need svc and Postgres, and because nothing needs to be stored that
 * Discord stores already. The price: while Discord takes no replies, the sequence stays where it is, for `REPLY_MAX_AGE` at
 * most; a successor then receives more again than it needs, and drops it by its ids. A bot that is stopped with a pending
 * reply takes some seconds longer.
 */
export class LocalReplies {
  readonly #context: ReplyContext & { queue: KeyedQueue };
  readonly #fail: (error: unknown) => void;
  readonly #waiting = new Map<string, number>();

  constructor(context: ReplyContext & { queue: KeyedQueue }, fail: (error: unknown) => void) {
    this.#context = context;
    this.#fail = fail;
  }

  /** Resolves when the reply is final; never when it stays pending, because the process is stopping or has failed. */
  async post(outgoing: Outgoing): Promise<void> {
    const { channelId } = outgoing;
    const waiting = this.#waiting.get(channelId) ?? 0;
    if (waiting >= MOST_PER_CHANNEL) {
      replies.inc({ outcome: 'shed' });
      return;
    }
    this.#waiting.set(channelId, waiting + 1);
    let isFinal = false;
    try {
      isFinal = await this.#context.queue.run(channelId, () => postLocalReply(this.#context, outgoing));
    } catch (error) {
      this.#fail(error);
    }
    const left = (this.#waiting.get(channelId) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(channelId);
    else this.#waiting.set(channelId, left);
    if (!isFinal) await new Promise<never>(() => undefined);
  }
}
