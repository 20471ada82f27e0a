import type { ChatMessage } from '../../src/chat-contract';

/** What was not looked at yet in one channel. */
export interface Unread {
  readonly count: number;
  /** How many of them ping the viewer. */
  readonly pings: number;
  /** Where the divider goes. */
  readonly firstId: string;
}

export type UnreadByChannel = ReadonlyMap<string, Unread>;

/** Counts a message that arrived out of sight. The viewer's own (written on another page) are none. */
export function countUnread(
  unread: UnreadByChannel,
  message: ChatMessage,
  viewerId: string,
): UnreadByChannel {
  if (message.author.id === viewerId) return unread;
  const before = unread.get(message.channelId);
  const pinged = message.mentions.includes(viewerId) || message.guildId === null ? 1 : 0;
  return new Map(unread).set(message.channelId, {
    count: (before?.count ?? 0) + 1,
    pings: (before?.pings ?? 0) + pinged,
    firstId: before?.firstId ?? message.id,
  });
}

/** Forgets what was unread in a channel that was looked at. */
export function markRead(unread: UnreadByChannel, channelId: string): UnreadByChannel {
  if (!unread.has(channelId)) return unread;
  const rest = new Map(unread);
  rest.delete(channelId);
  return rest;
}

/** What several channels have together, for the badge on a server. */
export function unreadIn(
  unread: UnreadByChannel,
  channelIds: Iterable<string>,
): { count: number; pings: number } {
  const sum = { count: 0, pings: 0 };
  for (const id of channelIds) {
    sum.count += unread.get(id)?.count ?? 0;
    sum.pings += unread.get(id)?.pings ?? 0;
  }
  return sum;
}
