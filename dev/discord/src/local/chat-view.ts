import { Locale, MessageFlags } from 'discord-api-types/v10';
import type {
  ChatAttachment,
  ChatAuthor,
  ChatChannel,
  ChatDm,
  ChatGuild,
  ChatMember,
  ChatMessage,
  ChatReaction,
  ChatState,
} from '../chat-contract';
import type { ChatComponent } from '../interaction-contract';
import { ATTACHMENTS_PATH, attachmentPath } from '../payload/attachment';
import { isAdministrator } from '../payload/permissions';
import type { Attachment } from '../world/file';
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

/**
 * Threads follow the channel they hang under. Forums have no messages of their own; their threads stand alone. Categories are
 * not shown.
 */
export function chatGuild(world: World, guild: Guild): ChatGuild {
  const all = world.channels(guild.id);
  const threadsOf = (parentId: string) =>
    all.filter((channel) => channel.kind === 'thread' && channel.parentId === parentId);
  const channels = all
    .filter(({ kind }) => kind !== 'thread' && kind !== 'category')
    .flatMap((channel) => [...(channel.kind === 'forum' ? [] : [channel]), ...threadsOf(channel.id)]);
  return {
    id: guild.id,
    name: guild.name,
    iconUrl: iconPath(guild.id),
    channels: channels.map(chatChannel),
    ownerId: guild.ownerId,
    roles: (guild.roles ?? []).map(({ id, name }) => ({ id, name })),
    administratorIds: world
      .members()
      .map(({ id }) => id)
      .filter((id) => isAdministrator(guild, id)),
  };
}

export function chatChannel({ id, kind, name, topic, parentId }: Channel): ChatChannel {
  return { id, name, topic, parentId: kind === 'thread' ? parentId : null };
}

export function chatMember(member: Member): ChatMember {
  const { id, username, displayName, color, locale = Locale.EnglishUS } = member;
  return { id, username, displayName, color, avatarUrl: avatarPath(id), locale };
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
    ...interactionParts(world, message),
  };
}

/** What a message has that only bots write. */
function interactionParts(world: World, message: Message): Partial<ChatMessage> {
  const { components = [], attachments = [], visibleTo, interaction, flags } = message;
  const user = interaction && world.member(interaction.userId);
  return {
    ...(components.length === 0 ? {} : { components: pageComponents(world, components) }),
    ...(attachments.length === 0 ? {} : { attachments: attachments.map(chatAttachment) }),
    ...(visibleTo === undefined ? {} : { visibleTo }),
    ...((flags & MessageFlags.Loading) === 0 ? {} : { isAnnounced: true }),
    ...(user && interaction.commandName !== null && interaction.originalMessageId === undefined
      ? { usedCommand: { name: interaction.commandName, by: memberAuthor(user) } }
      : {}),
  };
}

/** Components as Discord describes them, but for where their files are: the page asks for them where it came from. */
function pageComponents(world: World, components: NonNullable<Message['components']>): ChatComponent[] {
  const here = `"${world.files.baseUrl}${ATTACHMENTS_PATH}`;
  return JSON.parse(JSON.stringify(components).replaceAll(here, `"${ATTACHMENTS_PATH}`));
}

function chatAttachment(attachment: Attachment): ChatAttachment {
  const { id, filename, contentType, sizeBytes, description = '' } = attachment;
  return { id, filename, url: attachmentPath(attachment), contentType, sizeBytes, description };
}

function memberAuthor({ id, displayName, color, bot }: Member): ChatAuthor {
  return { id, name: displayName, color, avatarUrl: avatarPath(id), bot };
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
