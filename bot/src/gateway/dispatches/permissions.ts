import { snowflakeSchema } from '@popple/shared/contract/ids';
import { GatewayDispatchEvents } from 'discord.js';
import { z } from 'zod';
import { placedChannelSchema } from '../../intake/channel-parents';
import type { ChannelFollower } from './channels';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** A channel of a server; one of a direct message has no server. */
const inServerSchema = z.object({ guild_id: snowflakeSchema.nullish() });
const memberSchema = inServerSchema.extend({ user: z.object({ id: snowflakeSchema }) });
/** With where it is, if that can be read. */
const channelSchema = z.looseObject(inServerSchema.shape);

const NOBODY: Pick<ChannelFollower, 'came'> = { came: () => undefined };

/**
 * CHANNEL_UPDATE, THREAD_UPDATE, GUILD_ROLE_UPDATE and GUILD_MEMBER_UPDATE: the bot's permissions in a server may have
 * changed. Of a channel or thread, where it is may have as well, which `follower` is told.
 */
export function permissionDispatches(
  botId: string,
  onChanged: (guildId: string) => void,
  follower: Pick<ChannelFollower, 'came'> = NOBODY,
): AnyDispatchHandler[] {
  const changed = (guildId: string | null | undefined) => {
    if (guildId) onChanged(guildId);
    return undefined;
  };
  const channels = ([GatewayDispatchEvents.ChannelUpdate, GatewayDispatchEvents.ThreadUpdate] as const).map(
    (type) =>
      dispatchHandler({
        type,
        schema: channelSchema,
        handle: (channel) => {
          const placed = placedChannelSchema.safeParse(channel);
          if (placed.success) follower.came(placed.data);
          return changed(channel.guild_id);
        },
      }),
  );
  const role = dispatchHandler({
    type: GatewayDispatchEvents.GuildRoleUpdate,
    schema: inServerSchema,
    handle: ({ guild_id }) => changed(guild_id),
  });
  const member = dispatchHandler({
    type: GatewayDispatchEvents.GuildMemberUpdate,
    schema: memberSchema,
    handle: ({ guild_id, user }) => (user.id === botId ? changed(guild_id) : undefined),
  });
  return [...channels, role, member];
}
