import { GatewayCloseCodes } from 'discord.js';

/**
 * Close codes after which connecting again would fail the same way, each with what the operator should do.
 * @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
 */
export const FATAL_CLOSE_CODES: ReadonlyMap<number, string> = new Map([
  [
    GatewayCloseCodes.AuthenticationFailed,
    'Discord does not accept DISCORD_TOKEN; copy it anew from the developer portal (page Bot, Reset Token)',
  ],
  [GatewayCloseCodes.InvalidShard, 'Discord does not accept the shard; check SHARD_COUNT'],
  [
    GatewayCloseCodes.ShardingRequired,
    'the bot is in too many servers for this many shards; raise SHARD_COUNT',
  ],
  [
    GatewayCloseCodes.InvalidAPIVersion,
    'Discord no longer speaks this version of its gateway; upgrade Popple',
  ],
  [GatewayCloseCodes.InvalidIntents, 'Discord does not know an intent that Popple asks for; upgrade Popple'],
  [
    GatewayCloseCodes.DisallowedIntents,
    'the Message Content intent is switched off; switch it on in the developer portal (page Bot, Privileged Gateway Intents)',
  ],
]);
