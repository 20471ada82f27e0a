import { GatewayIntentBits } from 'discord.js';

/**
 * What the bot asks Discord to tell it, and no more: messages in servers, their content (a privileged intent, switched
 * on in the developer portal), direct messages, where it answers `help`, and servers, whose list of channels with their
 * last messages is how it finds what was said while it was away.
 * @see https://discord.com/developers/docs/events/gateway#gateway-intents
 */
export const INTENTS =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.MessageContent |
  GatewayIntentBits.DirectMessages;
