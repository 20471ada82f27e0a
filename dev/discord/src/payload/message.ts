import {
  type APIEmoji,
  type APIMessage,
  type APIReaction,
  type APIUser,
  ChannelType,
  type GatewayMessageCreateDispatchData,
  InteractionType,
  MessageReferenceType,
  MessageType,
  type TextChannelType,
} from 'discord-api-types/v10';
import type { ChannelKind, Message, Reaction } from '../world/model';
import type { World } from '../world/world';
import { attachmentPayload } from './attachment';
import { interactionFields } from './message-interaction';
import { deletedUserPayload, memberPayload, userPayload, webhookUserPayload } from './user';

const TEXT_CHANNEL_TYPES: Readonly<Record<ChannelKind, TextChannelType>> = {
  text: ChannelType.GuildText,
  announcement: ChannelType.GuildAnnouncement,
  voice: ChannelType.GuildVoice,
  thread: ChannelType.PublicThread,
  dm: ChannelType.DM,
  // Never met: a forum has no messages of its own, nor has a category.
  forum: ChannelType.GuildText,
  category: ChannelType.GuildText,
};

export interface MessagePayloadOptions {
  /** Discord gives the nonce to the one who sent it and in MESSAGE_CREATE, and never later. */
  readonly withNonce?: boolean;
  /** False leaves out the content, as for an app without the Message Content intent. */
  readonly withContent?: boolean;
}

/** A message as REST responds with it. */
export function messagePayload(
  world: World,
  message: Message,
  options: MessagePayloadOptions = {},
): APIMessage {
  const payload = { ...plainMessage(world, message, options), ...interactionFields(world, message) };
  if (message.replyToId === null) return payload;
  const repliedTo = world.message(message.channelId, message.replyToId);
  payload.message_reference = {
    type: MessageReferenceType.Default,
    channel_id: message.channelId,
    message_id: message.replyToId,
    ...(message.guildId === null ? {} : { guild_id: message.guildId }),
  };
  payload.referenced_message = repliedTo
    ? plainMessage(world, repliedTo, { withContent: options.withContent ?? true })
    : null;
  return payload;
}

/** A message as the gateway dispatches it. */
export function messageEventPayload(
  world: World,
  message: Message,
  options: MessagePayloadOptions = {},
): GatewayMessageCreateDispatchData {
  const payload: GatewayMessageCreateDispatchData = messagePayload(world, message, options);
  const channel = world.channel(message.channelId);
  // Without it, a client that has not seen a DM before cannot tell what it is.
  if (channel) payload.channel_type = TEXT_CHANNEL_TYPES[channel.kind];
  if (message.guildId === null) return payload;
  payload.guild_id = message.guildId;
  const guild = world.guild(message.guildId);
  if (message.webhookId === null && message.interaction === undefined)
    payload.member = memberPayload(guild, message.authorId);
  if (message.mentions.length > 0) {
    payload.mentions = payload.mentions.map((user) => ({ ...user, member: memberPayload(guild, user.id) }));
  }
  return payload;
}

/** An emoji of a reaction: `name:id` is a custom one. */
export function emojiPayload(emoji: string): APIEmoji {
  const [name, id] = emoji.split(':');
  return id === undefined ? { id: null, name: emoji } : { id, name: name ?? null };
}

function plainMessage(
  world: World,
  message: Message,
  { withNonce = false, withContent = true }: MessagePayloadOptions,
): APIMessage {
  return {
    type: typeOf(message),
    id: message.id,
    channel_id: message.channelId,
    author: authorPayload(world, message),
    content: withContent ? message.content : '',
    timestamp: new Date(message.atMs).toISOString(),
    edited_timestamp: message.editedAtMs === null ? null : new Date(message.editedAtMs).toISOString(),
    tts: false,
    mention_everyone: message.mentionsEveryone,
    mentions: message.mentions.flatMap((id) => {
      const member = world.member(id);
      return member ? [userPayload(member)] : [];
    }),
    mention_roles: [],
    attachments: withContent
      ? (message.attachments ?? []).map((attachment) => attachmentPayload(world, attachment))
      : [],
    embeds: [],
    components: withContent ? [...(message.components ?? [])] : [],
    pinned: false,
    flags: message.flags,
    ...(message.webhookId === null ? {} : { webhook_id: message.webhookId }),
    ...(withNonce && message.nonce !== null ? { nonce: message.nonce } : {}),
    ...(message.reactions.length === 0
      ? {}
      : { reactions: message.reactions.map((reaction) => reactionPayload(world, reaction)) }),
  };
}

function typeOf({ interaction, replyToId }: Message): MessageType {
  if (
    interaction?.type === InteractionType.ApplicationCommand &&
    interaction.originalMessageId === undefined
  ) {
    const isMenu = interaction.targetUserId !== undefined || interaction.targetMessageId !== undefined;
    return isMenu ? MessageType.ContextMenuCommand : MessageType.ChatInputCommand;
  }
  return replyToId === null ? MessageType.Default : MessageType.Reply;
}

function authorPayload(world: World, message: Message): APIUser {
  const author = world.member(message.authorId);
  if (message.webhookId !== null)
    return webhookUserPayload(message.webhookId, author?.displayName ?? 'Webhook');
  if (!author) return deletedUserPayload(message.authorId);
  return author.bot === message.bot ? userPayload(author) : { ...userPayload(author), bot: message.bot };
}

function reactionPayload(world: World, { emoji, userIds }: Reaction): APIReaction {
  return {
    count: userIds.length,
    count_details: { burst: 0, normal: userIds.length },
    me: userIds.includes(world.botId),
    me_burst: false,
    emoji: emojiPayload(emoji),
    burst_colors: [],
  };
}
