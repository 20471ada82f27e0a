import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { AnswerMemory } from './answer-memory';
import { type DeliverContext, type Delivery, deliver, untilSafe } from './deliver';
import type { Outgoing } from './outgoing';

export interface AnswerContext extends DeliverContext {
  memory: AnswerMemory;
}

/**
 * Says something once, whoever else may be saying it: an attempt is written down before it is made, and that it was made
 * after it. What is too old, goes where the bot may not speak, or comes when the process is stopping, is not even written
 * down as attempted: nobody has to
 * wonder about it later. What Discord refused stays an attempt, for the caller to put aside.
 * @throws NatsError when the memory cannot be asked; OperatorError when Discord no longer accepts the token.
 */
export async function answerOnce(
  context: AnswerContext,
  outgoing: Outgoing,
): Promise<Delivery | { outcome: 'known' }> {
  const { memory, signal, maxAgeMs, closed } = context;
  await untilSafe(context, outgoing);
  if (Date.now() - snowflakeTimeMs(outgoing.messageId) > maxAgeMs) return { outcome: 'stale' };
  if (signal.aborted) return { outcome: 'interrupted' };
  if (closed.isClosed(outgoing.kind, outgoing)) return { outcome: 'gone' };
  const knowledge = await memory.begin(outgoing.messageId);
  if (knowledge.state === 'answered') return { outcome: 'known' };
  const delivery = await deliver(context, outgoing, knowledge.sinceMs);
  if (delivery.outcome !== 'interrupted' && delivery.outcome !== 'refused')
    await memory.finish(outgoing.messageId);
  return delivery;
}
