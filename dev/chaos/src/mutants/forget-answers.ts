import { ReplyMemory } from '@popple/bot/replies/reply-memory';

/*
 * Preloaded into bot: it remembers nothing of what it said, and does not know that it may have forgotten, which would have
 * it look into the channel. Discord's nonce is then all that keeps it from saying things twice.
 */
ReplyMemory.prototype.begin = async () => ({ state: 'new', sinceMs: Date.now() });
ReplyMemory.prototype.finish = async () => undefined;
ReplyMemory.prototype.isPosted = async () => false;
ReplyMemory.prototype.isYoungerThan = async () => false;
