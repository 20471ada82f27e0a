import { GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord.js';

/** The server in which a dispatch says that the bot's permissions may have changed; undefined when it says no such thing. */
export function permissionsChangedIn({ t, d }: GatewayDispatchPayload, botId: string): string | undefined {
  switch (t) {
    case GatewayDispatchEvents.ChannelUpdate:
      return 'guild_id' in d ? d.guild_id : undefined;
    case GatewayDispatchEvents.ThreadUpdate:
    case GatewayDispatchEvents.GuildRoleUpdate:
      return d.guild_id;
    case GatewayDispatchEvents.GuildMemberUpdate:
      return d.user?.id === botId ? d.guild_id : undefined;
    default:
      return undefined;
  }
}
