import { AnswerMemory } from '@popple/bot/answers/answer-memory';

/*
 * Preloaded into bot: it remembers nothing of what it said, and does not know that it may have forgotten, which would have
 * it look into the channel. Discord's nonce is then all that keeps it from saying things twice.
 */
AnswerMemory.prototype.begin = async () => ({ state: 'new', sinceMs: Date.now() });
AnswerMemory.prototype.finish = async () => undefined;
AnswerMemory.prototype.isAnswered = async () => false;
AnswerMemory.prototype.isYoungerThan = async () => false;
