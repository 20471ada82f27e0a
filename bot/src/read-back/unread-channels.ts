import { snowflakeAt } from '@popple/shared/contract/ids';
import type { GatewayGuildCreateDispatchData } from 'discord.js';
import { mayReadHistory } from './permissions';

/** A channel or thread in which something was said that no session told of. */
export interface UnreadChannel {
  guildId: string;
  channelId: string;
  /** Read what is newer than this message. */
  after: string;
}

const newer = (a: string, b: string) => (BigInt(a) > BigInt(b) ? a : b);

/**
 * The channels, active threads and forum posts of a guild whose last message is newer than `after`, and that the bot may
 * read. What was said before the bot joined is none of its business. A thread is as readable as the channel it is in.
 */
export function unreadChannels(
  guild: GatewayGuildCreateDispatchData,
  botId: string,
  after: string,
): UnreadChannel[] {
  const from = newer(after, snowflakeAt(Date.parse(guild.joined_at)));
  const access = {
    guildId: guild.id,
    ownerId: guild.owner_id,
    roles: guild.roles,
    member: { userId: botId, roles: guild.members.find(({ user }) => user.id === botId)?.roles ?? [] },
  };
  const unread: UnreadChannel[] = [];
  const readable = new Set<string>();
  const look = (channelId: string, lastMessageId: string | null | undefined) => {
    if (lastMessageId && BigInt(lastMessageId) > BigInt(from))
      unread.push({ guildId: guild.id, channelId, after: from });
  };
  for (const channel of guild.channels) {
    const overwrites = 'permission_overwrites' in channel ? (channel.permission_overwrites ?? []) : [];
    if (!mayReadHistory(access, overwrites)) continue;
    readable.add(channel.id);
    // A forum's own last message is its newest post, which is a thread of its own.
    if ('last_message_id' in channel && !('available_tags' in channel))
      look(channel.id, channel.last_message_id);
  }
  for (const thread of guild.threads) {
    if (thread.parent_id && readable.has(thread.parent_id) && 'last_message_id' in thread) {
      look(thread.id, thread.last_message_id);
    }
  }
  return unread;
}
