import {
  type APIGuild,
  type APIRole,
  type GatewayGuildCreateDispatchData,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildVerificationLevel,
  Locale,
} from 'discord-api-types/v10';
import type { Guild, Role } from '../world/model';
import type { World } from '../world/world';
import { guildChannelPayload, threadPayload } from './channel';
import { NO_FLAGS } from './flags';
import { EVERYONE_PERMISSIONS } from './permissions';
import { memberPayload, userPayload } from './user';

/** What Discord sends of every guild, and Discord's types for the gateway do not all name. */
const GUILD_DEFAULTS = {
  home_header: null,
  region: 'us-west',
  widget_enabled: false,
  widget_channel_id: null,
  max_presences: null,
  max_members: 500_000,
  max_stage_video_channel_users: 50,
  max_video_channel_users: 25,
  premium_subscription_count: 0,
  nsfw: false,
};

const LONG_AGO_MS = Date.UTC(2023, 10, 1, 12);

/** A guild as REST describes it. */
export function guildPayload(guild: Guild): APIGuild {
  return {
    ...GUILD_DEFAULTS,
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: GuildVerificationLevel.None,
    default_message_notifications: GuildDefaultMessageNotifications.AllMessages,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    roles: rolePayloads(guild),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: GuildMFALevel.None,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: NO_FLAGS,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: GuildPremiumTier.None,
    preferred_locale: guild.locale ?? Locale.EnglishUS,
    public_updates_channel_id: null,
    nsfw_level: GuildNSFWLevel.Default,
    premium_progress_bar_enabled: false,
    hub_type: null,
    safety_alerts_channel_id: null,
    incidents_data: null,
  };
}

/** A guild with everything GUILD_CREATE carries: channels with their last message, active threads, the bot as member. */
export function guildCreatePayload(world: World, guild: Guild): GatewayGuildCreateDispatchData {
  const channels = world.channels(guild.id);
  const joinedAt = new Date(guild.joinedAtMs ?? LONG_AGO_MS).toISOString();
  const threads = channels.filter(
    (channel) =>
      channel.kind === 'thread' && channel.archivedAtMs === undefined && world.botMay(channel, 'ViewChannel'),
  );
  return {
    ...guildPayload(guild),
    joined_at: joinedAt,
    large: false,
    unavailable: false,
    member_count: world.memberCount,
    voice_states: [],
    members: [{ ...memberPayload(guild, world.botId), joined_at: joinedAt, user: userPayload(world.bot) }],
    channels: channels.flatMap((channel) =>
      channel.kind === 'thread' ? [] : [guildChannelPayload(world, channel)],
    ),
    threads: threads.map((thread) => threadPayload(world, thread)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

/** The roles of a guild, @everyone first. */
export function rolePayloads(guild: Guild): APIRole[] {
  return [everyoneRole(guild.id), ...(guild.roles ?? []).map(rolePayload)];
}

/** The role that everybody has. Its id is the guild's, as Discord has it. */
function everyoneRole(guildId: string): APIRole {
  return {
    id: guildId,
    name: '@everyone',
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: 0,
    permissions: EVERYONE_PERMISSIONS,
    managed: false,
    mentionable: false,
    flags: NO_FLAGS,
  };
}

/** A role as Discord sends it; not @everyone. */
export function rolePayload({ id, name, permissions }: Role): APIRole {
  return { ...everyoneRole(id), name, position: 1, permissions };
}
