import { GatewayIntentBits } from 'discord.js';

/**
 * What the bot asks Discord to send, and no more: messages in servers, direct messages, where it replies to `help`, and servers,
 * whose lists of channels with their last messages are how a backfill finds what was written meanwhile. With `withContent` also
 * the text of all messages, by a privileged intent that is switched on in the developer portal; without it Discord shows
 * the text of those alone that mention the bot, and of direct messages. Interactions need no intent.
 * @see https://discord.com/developers/docs/events/gateway#gateway-intents
 */
export function intentsFor(withContent: boolean): number {
  return (
    GatewayIntentBits.Guilds |
    GatewayIntentBits.GuildMessages |
    (withContent ? GatewayIntentBits.MessageContent : 0) |
    GatewayIntentBits.DirectMessages
  );
}
