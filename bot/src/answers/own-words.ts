import { answers } from '../metrics';
import type { AnswerMemory } from './answer-memory';
import { type DeliverContext, deliver } from './deliver';
import type { Outgoing } from './outgoing';

export interface OwnWordsContext extends DeliverContext {
  memory: AnswerMemory;
}

/**
 * Says what the bot answers without svc (help, a wrong size, …), once even when several bots read the message. What
 * Discord refuses here has no stream to go back to, and is told in the log.
 * @throws NatsError when the memory cannot be asked; OperatorError when Discord no longer accepts the token.
 */
export async function sayOwnWords(context: OwnWordsContext, outgoing: Outgoing): Promise<void> {
  const knowledge = await context.memory.begin(outgoing.messageId);
  if (knowledge.state === 'answered') {
    answers.inc({ outcome: 'known' });
    return;
  }
  const delivery = await deliver(
    context,
    outgoing,
    knowledge.state === 'doubtful' ? knowledge.sinceMs : undefined,
  );
  if (delivery.outcome === 'refused') context.log.error(`Discord refused an answer: ${delivery.detail}`);
  answers.inc({ outcome: delivery.outcome });
  if (delivery.outcome !== 'interrupted') await context.memory.finish(outgoing.messageId);
}
