import { answers } from '../metrics';
import { type AnswerContext, answerOnce } from './answer-once';
import type { Outgoing } from './outgoing';

/**
 * Says what the bot answers without svc (help, a wrong size, …), once even when several bots read the message. What
 * Discord refuses here has no stream to go back to, and is told in the log.
 * @throws NatsError when the memory cannot be asked; OperatorError when Discord no longer accepts the token.
 */
export async function sayOwnWords(context: AnswerContext, outgoing: Outgoing): Promise<void> {
  const delivery = await answerOnce(context, outgoing);
  answers.inc({ outcome: delivery.outcome });
  if (delivery.outcome !== 'refused') return;
  context.log.error(`Discord refused an answer: ${delivery.detail}`);
  await context.memory.finish(outgoing.messageId);
}
