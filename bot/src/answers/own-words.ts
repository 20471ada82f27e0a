import { describeError } from '@popple/shared/observability/log';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import { NatsError } from 'nats';
import { replies } from '../metrics';
import { postOnce, type ReplyContext } from './deliver';
import type { Outgoing } from './outgoing';

/**
 * Says what the bot answers without svc (help, a wrong size, …), once even when several bots read the message. Resolves to
 * true when that is final (said, too old, refused for good), and to false when the process is stopping and it is owed.
 * While NATS is away it waits, for nobody knows then whether it was said. What Discord refuses here has no stream to go
 * back to, and is told in the log.
 * @throws OperatorError when Discord no longer accepts the token.
 */
export async function sayOwnWords(context: ReplyContext, outgoing: Outgoing): Promise<boolean> {
  const { memory, log, signal } = context;
  const answer = async () => {
    const delivery = await postOnce(context, outgoing);
    if (delivery.outcome === 'refused') {
      log.error(`Discord refused a local reply: ${delivery.detail}`);
      await memory.finish(outgoing.requestId);
    }
    replies.inc({ outcome: delivery.outcome });
    return delivery.outcome !== 'interrupted';
  };
  try {
    return await retryTransient(answer, {
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
