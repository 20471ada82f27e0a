import { AnswerMemory } from '@popple/bot/answers/answer-memory';

/*
 * Preloaded into bot: it remembers nothing of what it said. Discord's nonce is then all that keeps it from saying things
 * twice.
 */
AnswerMemory.prototype.begin = async () => ({ state: 'new', sinceMs: Date.now() });
AnswerMemory.prototype.finish = async () => undefined;
