import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import { NatsError } from 'nats';
import { answers } from '../metrics';
import { type AnswerContext, answerOnce } from './answer-once';
import type { Outgoing } from './outgoing';

const RETRY_BASE_MS = 500;
const RETRY_CAP_MS = 5_000;

/**
 * Says what the bot answers without svc (help, a wrong size, …), once even when several bots read the message. Resolves to
 * true when that is final (said, too old, refused for good), and to false when the process is stopping and it is owed.
 * While NATS is away it waits, for nobody knows then whether it was said. What Discord refuses here has no stream to go
 * back to, and is told in the log.
 * @throws OperatorError when Discord no longer accepts the token.
 */
export async function sayOwnWords(context: AnswerContext, outgoing: Outgoing): Promise<boolean> {
  const { memory, log, signal } = context;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const delivery = await answerOnce(context, outgoing);
      if (delivery.outcome === 'refused') {
        log.error(`Discord refused an answer: ${delivery.detail}`);
        await memory.finish(outgoing.messageId);
      }
      answers.inc({ outcome: delivery.outcome });
      return delivery.outcome !== 'interrupted';
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      if (signal.aborted) return false;
      const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      log.warn(`a local reply waits for NATS: ${describeError(error)}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}
