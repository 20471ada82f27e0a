import { MessageType } from 'discord.js';
import type { ChatMessage } from './chat-message';

/**
 * Whether a member wrote the message: not the bot itself, another bot, a webhook, or Discord (joins, pins, boosts).
 * Karma is between people.
 */
export function isFromMember(message: ChatMessage): boolean {
  if (message.webhook_id || message.author.bot || message.author.system) return false;
  return message.type === MessageType.Default || message.type === MessageType.Reply;
}
