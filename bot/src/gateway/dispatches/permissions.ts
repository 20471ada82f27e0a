import { snowflakeSchema } from '@popple/shared/contract/ids';
import { GatewayDispatchEvents } from 'discord.js';
import { z } from 'zod';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** A channel of a server; one of a direct message has no server. */
const inServerSchema = z.object({ guild_id: snowflakeSchema.nullish() });
const memberSchema = inServerSchema.extend({ user: z.object({ id: snowflakeSchema }) });

/**
 * CHANNEL_UPDATE, THREAD_UPDATE, GUILD_ROLE_UPDATE and GUILD_MEMBER_UPDATE: the bot's permissions in a server may have
 * changed.
 */
export function permissionDispatches(
  botId: string,
  onChanged: (guildId: string) => void,
): AnyDispatchHandler[] {
  const changed = (guildId: string | null | undefined) => {
    if (guildId) onChanged(guildId);
    return undefined;
  };
  const inServer = (
    [
      GatewayDispatchEvents.ChannelUpdate,
      GatewayDispatchEvents.ThreadUpdate,
      GatewayDispatchEvents.GuildRoleUpdate,
    ] as const
  ).map((type) =>
    dispatchHandler({ type, schema: inServerSchema, handle: ({ guild_id }) => changed(guild_id) }),
  );
  const member = dispatchHandler({
    type: GatewayDispatchEvents.GuildMemberUpdate,
    schema: memberSchema,
    handle: ({ guild_id, user }) => (user.id === botId ? changed(guild_id) : undefined),
  });
  return [...inServer, member];
}
