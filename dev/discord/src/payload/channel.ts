import {
  type APIChannel,
  type APIDMChannel,
  type APIOverwrite,
  type APIThreadChannel,
  ChannelType,
  type GuildChannelType,
  OverwriteType,
  type ThreadChannelType,
} from 'discord-api-types/v10';
import type { Channel } from '../world/model';
import type { World } from '../world/world';
import { NO_FLAGS } from './flags';
import { permissionBits } from './permissions';
import { userPayload } from './user';

export type GuildChannelPayload = APIChannel & { type: Exclude<GuildChannelType, ThreadChannelType> };

const AUTO_ARCHIVE_MINUTES = 4320;
const ACTIVE_SINCE_MS = Date.UTC(2023, 10, 1, 12);

/** Any channel as Discord sends it. */
export function channelPayload(world: World, channel: Channel): APIChannel {
  if (channel.kind === 'dm') return dmPayload(world, channel);
  return channel.kind === 'thread' ? threadPayload(world, channel) : guildChannelPayload(world, channel);
}

export function dmPayload(world: World, channel: Channel): APIDMChannel {
  const recipient = channel.recipientId === null ? undefined : world.member(channel.recipientId);
  return {
    id: channel.id,
    type: ChannelType.DM,
    name: null,
    last_message_id: world.lastMessageId(channel.id),
    flags: NO_FLAGS,
    recipients: recipient ? [userPayload(recipient)] : [],
  };
}

export function threadPayload(world: World, channel: Channel): APIThreadChannel {
  return {
    id: channel.id,
    type: ChannelType.PublicThread,
    ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    ...(channel.parentId === null ? {} : { parent_id: channel.parentId }),
    name: channel.name,
    owner_id: world.botId,
    last_message_id: world.lastMessageId(channel.id),
    rate_limit_per_user: 0,
    flags: NO_FLAGS,
    message_count: world.messageCount(channel.id),
    // Nobody joins a thread here; the bot sees all of them.
    member_count: 0,
    total_message_sent: world.messageCount(channel.id),
    thread_metadata: {
      archived: channel.archivedAtMs !== undefined,
      auto_archive_duration: AUTO_ARCHIVE_MINUTES,
      archive_timestamp: new Date(
        channel.archivedAtMs ?? channel.reopenedAtMs ?? ACTIVE_SINCE_MS,
      ).toISOString(),
      locked: false,
    },
  };
}

/** A channel of a guild that is not a thread. */
export function guildChannelPayload(world: World, channel: Channel): GuildChannelPayload {
  const common = {
    id: channel.id,
    ...(channel.guildId === null ? {} : { guild_id: channel.guildId }),
    name: channel.name,
    position: channel.position,
    permission_overwrites: overwrites(world.botId, channel),
    parent_id: channel.parentId,
    nsfw: false,
    rate_limit_per_user: 0,
    flags: NO_FLAGS,
  };
  if (channel.kind === 'category') return { ...common, parent_id: null, type: ChannelType.GuildCategory };
  const topic = channel.topic === '' ? null : channel.topic;
  switch (channel.kind) {
    case 'forum':
      return {
        ...common,
        type: ChannelType.GuildForum,
        topic,
        last_message_id: lastThreadId(world, channel),
        available_tags: [],
        default_reaction_emoji: null,
        default_sort_order: null,
        default_forum_layout: 0,
      };
    case 'voice':
      return { ...common, type: ChannelType.GuildVoice, last_message_id: world.lastMessageId(channel.id) };
    case 'announcement':
      return {
        ...common,
        type: ChannelType.GuildAnnouncement,
        topic,
        last_message_id: world.lastMessageId(channel.id),
      };
    default:
      return {
        ...common,
        type: ChannelType.GuildText,
        topic,
        last_message_id: world.lastMessageId(channel.id),
      };
  }
}

/** A forum has no messages of its own: its "last message" is its newest thread. */
function lastThreadId(world: World, forum: Channel): string | null {
  if (forum.guildId === null) return null;
  return world.channels(forum.guildId).findLast((channel) => channel.parentId === forum.id)?.id ?? null;
}

function overwrites(botId: string, channel: Channel): APIOverwrite[] {
  if (channel.denied.length === 0) return [];
  return [{ id: botId, type: OverwriteType.Member, allow: '0', deny: permissionBits(channel.denied) }];
}
