import { snowflakeSchema } from '@popple/shared/contract/ids';
import { GatewayDispatchEvents } from 'discord.js';
import { z } from 'zod';
import { type GuildView, guildViewSchema } from '../../backfill/guild';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/**
 * What is used of GUILD_DELETE: whether the server is in an outage, or the bot was removed from it.
 * @see https://discord.com/developers/docs/events/gateway-events#guild-delete
 */
const guildGoneSchema = z.object({ id: snowflakeSchema, unavailable: z.boolean().nullish() });

/** Who follows which servers are there. */
export interface ServerFollower {
  guildCame(guild: GuildView): void;
  /** A server is in an outage. */
  guildWentAway(guildId: string): void;
  /** The bot was removed from a server. */
  guildLeft(guildId: string): void;
}

/** GUILD_CREATE and GUILD_DELETE: servers that come and go. */
export function serverDispatches(follower: ServerFollower, botId: string): AnyDispatchHandler[] {
  return [
    dispatchHandler({
      type: GatewayDispatchEvents.GuildCreate,
      schema: guildViewSchema(botId),
      handle: (guild) => void follower.guildCame(guild),
    }),
    dispatchHandler({
      type: GatewayDispatchEvents.GuildDelete,
      schema: guildGoneSchema,
      handle: ({ id, unavailable }) =>
        void (unavailable ? follower.guildWentAway(id) : follower.guildLeft(id)),
    }),
  ];
}
