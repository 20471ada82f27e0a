import {
  type APIInteraction,
  type APIInteractionGuildMember,
  ApplicationIntegrationType,
  type GatewayInteractionCreateDispatchData,
  InteractionContextType,
  type InteractionType,
  Locale,
} from 'discord-api-types/v10';
import type { Interaction } from '../world/interaction';
import type { Guild, Member } from '../world/model';
import type { World } from '../world/world';
import { channelPayload } from './channel';
import { messagePayload } from './message';
import { botPermissions, memberPermissions } from './permissions';
import { memberPayload, userPayload } from './user';

const ATTACHMENT_SIZE_LIMIT_BYTES = 10 * 1024 * 1024;

/** What stands in for the server where there is none: in direct messages. */
const NO_GUILD = '0';

type InteractionPayload = Exclude<APIInteraction, { type: InteractionType.Ping }>;

/** An interaction as INTERACTION_CREATE carries it. */
export function interactionPayload(
  world: World,
  interaction: Interaction,
): GatewayInteractionCreateDispatchData {
  const { id, token, type, data, channelId, guildId, message } = interaction;
  const guild = guildId === null ? undefined : world.guild(guildId);
  const channel = world.channel(channelId);
  const user = world.member(interaction.userId);
  if (!channel || !user) throw new TypeError(`interaction ${id} is of a channel or member that is unknown`);
  const payload = {
    id,
    application_id: world.botId,
    type,
    data,
    token,
    version: 1 as const,
    channel_id: channelId,
    channel: channelPayload(world, channel),
    app_permissions: botPermissions(channel),
    locale: user.locale ?? Locale.EnglishUS,
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: { [ApplicationIntegrationType.GuildInstall]: guildId ?? NO_GUILD },
    context: guild ? InteractionContextType.Guild : InteractionContextType.BotDM,
    attachment_size_limit: ATTACHMENT_SIZE_LIMIT_BYTES,
    ...(guild
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale ?? Locale.EnglishUS, features: [] },
          guild_locale: guild.locale ?? Locale.EnglishUS,
          member: interactionMember(guild, user),
        }
      : { user: userPayload(user) }),
    ...(message ? { message: messagePayload(world, message) } : {}),
  };
  // That `data` belongs to `type` is the promise of whoever began the interaction.
  return payload as InteractionPayload;
}

function interactionMember(guild: Guild, user: Member): APIInteractionGuildMember {
  return {
    ...memberPayload(guild, user.id),
    user: userPayload(user),
    permissions: memberPermissions(guild, user.id),
  };
}
