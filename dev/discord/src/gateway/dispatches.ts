import {
  type APIUnavailableGuild,
  GatewayDispatchEvents,
  type GatewayGuildMemberAddDispatchData,
  type GatewayGuildMemberUpdateDispatchData,
  GatewayIntentBits,
  type GatewayMessageDeleteBulkDispatchData,
  type GatewayMessageDeleteDispatchData,
  type GatewayMessageReactionAddDispatchData,
  type GatewayMessageReactionRemoveDispatchData,
  type GatewayTypingStartDispatchData,
  ReactionType,
} from 'discord-api-types/v10';
import { guildChannelPayload, threadPayload } from '../payload/channel';
import { concernsBot } from '../payload/content';
import { guildCreatePayload, guildPayload, rolePayload } from '../payload/guild';
import { interactionPayload } from '../payload/interaction';
import { emojiPayload, messageEventPayload } from '../payload/message';
import { memberPayload, userPayload } from '../payload/user';
import type { WorldChange } from '../world/change';
import type { Interaction } from '../world/interaction';
import type { Channel, Guild, Member, Message } from '../world/model';
import type { World } from '../world/world';
import { type Dispatch, type DispatchData, typedDispatch } from './dispatch';

/** The events of a change in the world: none, one, or one per guild. */
export function dispatchesOf(world: World, change: WorldChange): Dispatch[] {
  switch (change.kind) {
    case 'message-created':
      return messageDispatch(world, change.message, GatewayDispatchEvents.MessageCreate);
    case 'message-edited':
      return messageDispatch(world, change.message, GatewayDispatchEvents.MessageUpdate);
    case 'message-deleted':
      return messageDeleted(world, change.message);
    case 'messages-deleted':
      return messagesDeleted(world, change.messages);
    case 'reaction-added':
    case 'reaction-removed':
      return reactionDispatch(world, change);
    case 'guild-created':
      return [guildCreated(world, change.guild)];
    case 'guild-changed':
      return [guildUpdated(change.guild)];
    case 'roles-changed':
      return rolesChanged(change);
    case 'guild-removed':
      return [guildRemoved(change.guild)];
    case 'channel-created':
    case 'channel-changed':
      return channelDispatch(world, change.channel, change.kind === 'channel-created');
    case 'member-created':
      return memberAdded(world, change.member);
    case 'typing':
      return typingDispatch(world, change.channelId, change.userId);
    case 'interaction-created':
      return [interactionCreated(world, change.interaction)];
    // Discord does not tell the gateway of messages that only one member sees.
    case 'ephemeral-created':
    case 'ephemeral-edited':
    case 'ephemeral-deleted':
    case 'interaction-ended':
    case 'history-trimmed':
    case 'bot-presence':
    case 'commands-changed':
    case 'member-changed':
      return [];
  }
}

/** GUILD_CREATE, as sent after READY and when the bot joins a server. */
export function guildCreated(world: World, guild: Guild): Dispatch {
  return typedDispatch(GatewayDispatchEvents.GuildCreate, guild.id, GatewayIntentBits.Guilds, () =>
    guildCreatePayload(world, guild),
  );
}

/** GUILD_DELETE, as sent when a server cannot be used for a while. */
export function guildUnavailable(guildId: string): Dispatch {
  return typedDispatch(GatewayDispatchEvents.GuildDelete, guildId, GatewayIntentBits.Guilds, () => ({
    id: guildId,
    unavailable: true,
  }));
}

function guildUpdated(guild: Guild): Dispatch {
  return typedDispatch(GatewayDispatchEvents.GuildUpdate, guild.id, GatewayIntentBits.Guilds, () =>
    guildPayload(guild),
  );
}

function rolesChanged({
  guild,
  member,
  newRole,
}: Extract<WorldChange, { kind: 'roles-changed' }>): Dispatch[] {
  const payload: GatewayGuildMemberUpdateDispatchData = {
    ...memberPayload(guild, member.id),
    avatar: null,
    banner: null,
    user: userPayload(member),
    guild_id: guild.id,
  };
  const memberUpdated = typedDispatch(
    GatewayDispatchEvents.GuildMemberUpdate,
    guild.id,
    GatewayIntentBits.GuildMembers,
    () => payload,
  );
  if (newRole === null) return [memberUpdated];
  const roleCreated = typedDispatch(
    GatewayDispatchEvents.GuildRoleCreate,
    guild.id,
    GatewayIntentBits.Guilds,
    () => ({ guild_id: guild.id, role: rolePayload(newRole) }),
  );
  return [roleCreated, memberUpdated];
}

function guildRemoved(guild: Guild): Dispatch {
  const payload: Pick<APIUnavailableGuild, 'id'> = { id: guild.id };
  return typedDispatch(GatewayDispatchEvents.GuildDelete, guild.id, GatewayIntentBits.Guilds, () => payload);
}

/** INTERACTION_CREATE needs no intent: every session of the shard has it. */
function interactionCreated(world: World, interaction: Interaction): Dispatch {
  return typedDispatch(GatewayDispatchEvents.InteractionCreate, interaction.guildId, 0, () =>
    interactionPayload(world, interaction),
  );
}

function messageDispatch(
  world: World,
  message: Message,
  event: GatewayDispatchEvents.MessageCreate | GatewayDispatchEvents.MessageUpdate,
): Dispatch[] {
  if (!botSees(world, message.channelId)) return [];
  const form = (withContent: boolean) => () =>
    messageEventPayload(world, message, {
      withNonce: event === GatewayDispatchEvents.MessageCreate,
      withContent,
    });
  return [
    typedDispatch(
      event,
      message.guildId,
      message.guildId === null ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages,
      form(true),
      concernsBot(world, message) ? null : form(false),
    ),
  ];
}

function messageDeleted(world: World, message: Message): Dispatch[] {
  if (!botSees(world, message.channelId)) return [];
  const payload: GatewayMessageDeleteDispatchData = {
    id: message.id,
    channel_id: message.channelId,
    ...guildIdOf(message),
  };
  const intent =
    message.guildId === null ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages;
  return [typedDispatch(GatewayDispatchEvents.MessageDelete, message.guildId, intent, () => payload)];
}

function messagesDeleted(world: World, messages: readonly Message[]): Dispatch[] {
  const [first] = messages;
  if (first === undefined || !botSees(world, first.channelId)) return [];
  const payload: GatewayMessageDeleteBulkDispatchData = {
    ids: messages.map(({ id }) => id),
    channel_id: first.channelId,
    ...guildIdOf(first),
  };
  const intent = GatewayIntentBits.GuildMessages;
  return [typedDispatch(GatewayDispatchEvents.MessageDeleteBulk, first.guildId, intent, () => payload)];
}

function reactionDispatch(
  world: World,
  { kind, message, userId, emoji }: Extract<WorldChange, { kind: 'reaction-added' | 'reaction-removed' }>,
): Dispatch[] {
  if (!botSees(world, message.channelId)) return [];
  const removed: GatewayMessageReactionRemoveDispatchData = {
    user_id: userId,
    channel_id: message.channelId,
    message_id: message.id,
    emoji: emojiPayload(emoji),
    burst: false,
    type: ReactionType.Normal,
    ...guildIdOf(message),
  };
  const member = world.member(userId);
  const added: GatewayMessageReactionAddDispatchData = {
    ...removed,
    message_author_id: message.authorId,
    ...(member && message.guildId !== null
      ? { member: { ...memberPayload(world.guild(message.guildId), userId), user: userPayload(member) } }
      : {}),
  };
  const isAdded = kind === 'reaction-added';
  return [
    typedDispatch(
      isAdded ? GatewayDispatchEvents.MessageReactionAdd : GatewayDispatchEvents.MessageReactionRemove,
      message.guildId,
      message.guildId === null
        ? GatewayIntentBits.DirectMessageReactions
        : GatewayIntentBits.GuildMessageReactions,
      () => (isAdded ? added : removed),
    ),
  ];
}

function channelDispatch(world: World, channel: Channel, created: boolean): Dispatch[] {
  // Discord no longer announces DMs: their first message does.
  if (channel.kind === 'dm') return [];
  const dispatch = <Event extends GatewayDispatchEvents>(
    event: Event,
    payload: () => DispatchData<Event>,
  ) => [typedDispatch(event, channel.guildId, GatewayIntentBits.Guilds, payload)];
  const guild_id = channel.guildId ?? '';
  if (channel.kind === 'thread') {
    return created
      ? dispatch(GatewayDispatchEvents.ThreadCreate, () => ({
          ...threadPayload(world, channel),
          newly_created: true,
        }))
      : dispatch(GatewayDispatchEvents.ThreadUpdate, () => ({ ...threadPayload(world, channel), guild_id }));
  }
  const payload = () => ({ ...guildChannelPayload(world, channel), guild_id });
  return created
    ? dispatch(GatewayDispatchEvents.ChannelCreate, payload)
    : dispatch(GatewayDispatchEvents.ChannelUpdate, payload);
}

function memberAdded(world: World, member: Member): Dispatch[] {
  return world.guilds().map((guild) => {
    const payload: GatewayGuildMemberAddDispatchData = {
      ...memberPayload(guild, member.id),
      user: userPayload(member),
      guild_id: guild.id,
    };
    return typedDispatch(
      GatewayDispatchEvents.GuildMemberAdd,
      guild.id,
      GatewayIntentBits.GuildMembers,
      () => payload,
    );
  });
}

function typingDispatch(world: World, channelId: string, userId: string): Dispatch[] {
  const channel = world.channel(channelId);
  if (!channel || !botSees(world, channelId)) return [];
  const payload: GatewayTypingStartDispatchData = {
    channel_id: channelId,
    user_id: userId,
    timestamp: Math.floor(Date.now() / 1000),
    ...guildIdOf(channel),
  };
  const intent =
    channel.guildId === null ? GatewayIntentBits.DirectMessageTyping : GatewayIntentBits.GuildMessageTyping;
  return [typedDispatch(GatewayDispatchEvents.TypingStart, channel.guildId, intent, () => payload)];
}

function botSees(world: World, channelId: string): boolean {
  const channel = world.channel(channelId);
  return channel !== undefined && world.botMay(channel, 'ViewChannel');
}

function guildIdOf({ guildId }: { readonly guildId: string | null }): { guild_id?: string } {
  return guildId === null ? {} : { guild_id: guildId };
}
