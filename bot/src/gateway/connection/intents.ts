import { GatewayIntentBits } from 'discord.js';

/**
 * What the bot asks Discord to send, and no more: messages in servers, their content (a privileged intent, switched on in
 * the developer portal), direct messages, where it replies to `help`, and servers, whose lists of channels with their last
 * messages are how a backfill finds what was written meanwhile.
 * @see https://discord.com/developers/docs/events/gateway#gateway-intents
 */
export const INTENTS =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.MessageContent |
  GatewayIntentBits.DirectMessages;
