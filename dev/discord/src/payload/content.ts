import { ApplicationFlags } from 'discord-api-types/v10';
import { mayReadContent, type Settings } from '../settings';
import type { Message } from '../world/model';
import type { World } from '../world/world';

/**
 * Whether the bot may read a message even without the Message Content intent: its own, those that mention it, and
 * direct ones.
 * @see https://discord.com/developers/docs/events/gateway#message-content-intent
 */
export function concernsBot(world: World, message: Message): boolean {
  return (
    message.guildId === null || message.authorId === world.botId || message.mentions.includes(world.botId)
  );
}

/** The flags of the app: whether the Message Content intent is switched on for it. */
export function applicationFlags(settings: Settings): number {
  return mayReadContent(settings) ? ApplicationFlags.GatewayMessageContentLimited : 0;
}
