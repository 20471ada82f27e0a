import { snowflakeAt } from '@popple/shared/contract/ids';
import { ChannelType } from 'discord.js';
import type { GuildView, Thread } from './guild';
import { mayReadHistory } from './permissions';

/** A channel or thread with messages that no session received. */
export interface UnreadChannel {
  guildId: string;
  channelId: string;
  /** Read what is newer than this message. */
  after: string;
}

/** What of a server is to be read. */
export interface Unread {
  channels: UnreadChannel[];
  /** Channels whose threads may be read, by id, with their type. */
  threadParents: Map<string, ChannelType>;
}

/**
 * Channels with messages of their own. A forum's and a media channel's `last_message_id` is their newest post, which is a
 * thread. The type decides, and not `available_tags`, which the schema allows for every channel.
 */
const WITH_MESSAGES: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.GuildStageVoice,
]);

const WITH_THREADS: ReadonlySet<ChannelType> = new Set([
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildForum,
  ChannelType.GuildMedia,
]);

/** Whether something may have been written after a message. Null: nothing ever was. Undefined: only a look shows it. */
const mayHaveMore = (lastMessageId: string | null | undefined, after: string) =>
  lastMessageId === undefined || (lastMessageId !== null && BigInt(lastMessageId) > BigInt(after));

/** The later of `after` and when the bot joined: what was written before that is ignored. */
export function readFrom({ joinedAtMs }: GuildView, after: string): string {
  const joined = joinedAtMs === undefined ? '0' : snowflakeAt(joinedAtMs);
  return BigInt(after) > BigInt(joined) ? after : joined;
}

/** The channels of a server that the bot may read and in which something may have been written after a message. */
export function unreadChannels(guild: GuildView, after: string): Unread {
  const { id: guildId, access } = guild;
  const unread: Unread = { channels: [], threadParents: new Map() };
  for (const { id, type, last_message_id, permission_overwrites } of guild.channels) {
    if (access !== undefined && !mayReadHistory(access, permission_overwrites ?? [])) continue;
    if (WITH_MESSAGES.has(type) && mayHaveMore(last_message_id, after))
      unread.channels.push({ guildId, channelId: id, after });
    if (WITH_THREADS.has(type)) unread.threadParents.set(id, type);
  }
  return unread;
}

/** The threads in which something may have been written after a message. A thread is as readable as the channel it is in. */
export function unreadThreads(
  guildId: string,
  threads: readonly Thread[],
  { threadParents }: Unread,
  after: string,
): UnreadChannel[] {
  return threads
    .filter(
      ({ parent_id, last_message_id }) =>
        threadParents.has(parent_id ?? '') && mayHaveMore(last_message_id, after),
    )
    .map(({ id }) => ({ guildId, channelId: id, after }));
}
