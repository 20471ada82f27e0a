import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { AnswerMemory } from './answer-memory';
import { type DeliverContext, type Delivery, deliver, untilSafe } from './deliver';
import type { Outgoing } from './outgoing';

export interface AnswerContext extends DeliverContext {
  memory: AnswerMemory;
}

/**
 * Posts a reply once, also when another bot tries the same: an attempt is recorded before it is made, and its success after
 * it. A reply that is too old, goes to a closed channel, or comes while the process is stopping is not recorded as attempted, so
 * it is not in doubt later. What Discord refused stays an attempt, for the caller to dead-letter.
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
