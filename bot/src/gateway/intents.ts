import { GatewayIntentBits } from 'discord.js';

/**
 * What the bot asks Discord to tell it, and no more: messages in servers, their content (a privileged intent, switched
 * on in the developer portal), and direct messages, where it answers `help`.
 * @see https://discord.com/developers/docs/events/gateway#gateway-intents
 */
export const INTENTS =
  GatewayIntentBits.GuildMessages | GatewayIntentBits.MessageContent | GatewayIntentBits.DirectMessages;
