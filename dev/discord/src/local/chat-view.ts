import type {
  ChatAuthor,
  ChatChannel,
  ChatDm,
  ChatGuild,
  ChatMember,
  ChatMessage,
  ChatReaction,
  ChatState,
} from '../chat-contract';
import type { Channel, Guild, Member, Message } from '../world/model';
import { colorFor } from '../world/names';
import type { World } from '../world/world';
import { avatarPath, iconPath } from './avatar';

/** The world as the chat page shows it. */
export function chatState(world: World): ChatState {
  const { bot } = world;
  return {
    bot: { id: bot.id, username: bot.displayName, avatarUrl: avatarPath(bot.id), online: world.botOnline },
    guilds: world.guilds().map((guild) => chatGuild(world, guild)),
    members: world
      .members()
      .filter((member) => !member.bot)
      .map(chatMember),
    dms: world.dms().flatMap(chatDm),
  };
}

/** Threads follow the channel they hang under. Forums have no messages of their own; their threads stand alone. */
export function chatGuild(world: World, guild: Guild): ChatGuild {
  const all = world.channels(guild.id);
  const threadsOf = (parentId: string) => all.filter((channel) => channel.parentId === parentId);
  const channels = all
    .filter((channel) => channel.kind !== 'thread')
    .flatMap((channel) => [...(channel.kind === 'forum' ? [] : [channel]), ...threadsOf(channel.id)]);
  return { id: guild.id, name: guild.name, iconUrl: iconPath(guild.id), channels: channels.map(chatChannel) };
}

export function chatChannel({ id, name, topic, parentId }: Channel): ChatChannel {
  return { id, name, topic, parentId };
}

export function chatMember(member: Member): ChatMember {
  const { id, username, displayName, color } = member;
  return { id, username, displayName, color, avatarUrl: avatarPath(id) };
}

export function chatDm({ id, recipientId }: Channel): ChatDm[] {
  return recipientId === null ? [] : [{ channelId: id, memberId: recipientId }];
}

export function chatMessage(world: World, message: Message): ChatMessage {
  const repliedTo =
    message.replyToId === null ? undefined : world.message(message.channelId, message.replyToId);
  return {
    id: message.id,
    channelId: message.channelId,
    guildId: message.guildId,
    author: chatAuthor(world, message),
    content: message.content,
    replyTo: repliedTo
      ? { id: repliedTo.id, author: chatAuthor(world, repliedTo), content: repliedTo.content }
      : null,
    mentions: [...message.mentions],
    reactions: chatReactions(message),
    at: new Date(message.atMs).toISOString(),
    editedAt: message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
  };
}

export function chatReactions(message: Message): ChatReaction[] {
  return message.reactions.map(({ emoji, userIds }) => ({
    emoji,
    count: userIds.length,
    userIds: [...userIds],
  }));
}

function chatAuthor(world: World, { authorId, bot }: Message): ChatAuthor {
  const author = world.member(authorId);
  return {
    id: authorId,
    name: author?.displayName ?? 'Somebody who left',
    color: author?.color ?? colorFor(authorId),
    avatarUrl: avatarPath(authorId),
    bot,
  };
}
