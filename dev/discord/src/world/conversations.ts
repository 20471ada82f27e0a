import { type APIMessageTopLevelComponent, ComponentType, MessageFlags } from 'discord-api-types/v10';
import type { Directory } from './directory';
import type { ChangeFeed } from './feed';
import type { Attachment } from './file';
import { History } from './history';
import { type AllowedMentions, findPings } from './mentions';
import type { MessageInteraction } from './message-interaction';
import { type Channel, type Message, type MessageChange, WorldError, type WorldSnapshot } from './model';
import { NonceMemory } from './nonces';
import type { SnowflakeSource } from './snowflake';

export interface NewMessage {
  readonly channelId: string;
  /** A member, or the bot. */
  readonly authorId: string;
  readonly content: string;
  /** A message in the same channel. */
  readonly replyTo?: string | undefined;
  /** Posted by this webhook under the author's name. */
  readonly webhookId?: string | undefined;
  /** Marks it as written by a bot, whoever the author is. */
  readonly bot?: boolean | undefined;
  readonly nonce?: string | number | undefined;
  /** Null (the default): everybody named, and the author replied to. */
  readonly allowedMentions?: AllowedMentions | null | undefined;
  readonly flags?: number | undefined;
  readonly components?: readonly APIMessageTopLevelComponent[] | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  /** The interaction it replies to. */
  readonly interaction?: MessageInteraction | undefined;
  /** The only member who is to see it. */
  readonly visibleTo?: string | undefined;
}

/** Ephemeral messages kept per channel. */
const EPHEMERALS_LIMIT = 1000;

/** What was said where: messages, reactions, nonces. */
export class Conversations {
  readonly #histories = new Map<string, History>();
  /** Messages that only one member sees. */
  readonly #ephemerals = new Map<string, History>();
  readonly #nonces: NonceMemory;
  readonly #isMember = (id: string) => this.directory.member(id) !== undefined;

  constructor(
    snapshot: WorldSnapshot,
    private readonly directory: Directory,
    private readonly ids: SnowflakeSource,
    private readonly feed: ChangeFeed,
    private readonly historyLimit: number,
    nonceWindowMs: () => number,
  ) {
    this.#nonces = new NonceMemory(nonceWindowMs);
    for (const message of snapshot.messages) {
      this.#historyOf(message.channelId).append(message);
      this.#rememberNonce(message);
      ids.startAfter(message.id);
    }
  }

  say(input: NewMessage): Message {
    const channel = this.#channelForMessages(input.channelId);
    const author = this.directory.member(input.authorId);
    if (!author) throw new WorldError('unknown-member', `there is no member ${input.authorId}`);
    const history = this.#historyOf(channel.id);
    const repliedTo = input.replyTo === undefined ? undefined : history.find(input.replyTo);
    if (input.replyTo !== undefined && !repliedTo) {
      throw new WorldError(
        'unknown-message',
        `there is no message ${input.replyTo} to reply to in ${channel.id}`,
      );
    }
    if (channel.archivedAtMs !== undefined) this.directory.setArchived(channel.id, undefined);
    const pings = findPings(
      allText(input.content, input.components),
      input.allowedMentions ?? null,
      repliedTo?.authorId ?? null,
      this.#isMember,
    );
    const atMs = Date.now();
    const message: Message = {
      id: this.ids.next(atMs),
      channelId: channel.id,
      guildId: channel.guildId,
      authorId: author.id,
      webhookId: input.webhookId ?? null,
      bot: input.bot ?? (author.bot || input.webhookId !== undefined),
      content: input.content,
      atMs,
      editedAtMs: null,
      replyToId: repliedTo?.id ?? null,
      nonce: input.nonce ?? null,
      mentions: pings.userIds,
      mentionsEveryone: pings.everyone,
      flags: input.flags ?? 0,
      reactions: [],
      ...(input.components?.length ? { components: input.components } : {}),
      ...(input.attachments?.length ? { attachments: input.attachments } : {}),
      ...(input.interaction ? { interaction: input.interaction } : {}),
      ...(input.visibleTo === undefined ? {} : { visibleTo: input.visibleTo }),
    };
    if (message.visibleTo !== undefined) {
      historyIn(this.#ephemerals, channel.id, EPHEMERALS_LIMIT).append(message);
      this.feed.publish({ kind: 'ephemeral-created', message });
      return message;
    }
    const trimmedBefore = history.append(message);
    this.#rememberNonce(message);
    this.feed.publish({ kind: 'message-created', message });
    if (trimmedBefore !== null) {
      this.feed.publish({ kind: 'history-trimmed', channelId: channel.id, beforeId: trimmedBefore });
    }
    return message;
  }

  history(channelId: string): History {
    return this.#historyOf(channelId);
  }

  message(channelId: string, messageId: string): Message | undefined {
    return this.#histories.get(channelId)?.find(messageId);
  }

  /** A message, also one that only one member sees. */
  find(channelId: string, messageId: string): Message | undefined {
    return this.message(channelId, messageId) ?? this.#ephemerals.get(channelId)?.find(messageId);
  }

  ephemerals(channelId: string, memberId: string): Message[] {
    const all = this.#ephemerals.get(channelId)?.latest(EPHEMERALS_LIMIT) ?? [];
    return all.filter(({ visibleTo }) => visibleTo === memberId);
  }

  messageByNonce(channelId: string, authorId: string, nonce: string | number): Message | undefined {
    const id = this.#nonces.find(channelId, authorId, nonce, Date.now());
    return id === undefined ? undefined : this.message(channelId, id);
  }

  edit(channelId: string, messageId: string, change: MessageChange): Message {
    const message = this.#known(channelId, messageId);
    const repliedTo = message.replyToId === null ? undefined : this.message(channelId, message.replyToId);
    // What was only announced until now is written, not edited.
    const wasAnnounced = (message.flags & MessageFlags.Loading) !== 0;
    message.content = change.content ?? message.content;
    message.components = change.components ?? message.components;
    message.attachments = change.attachments ?? message.attachments;
    message.flags = change.flags ?? message.flags;
    if (!wasAnnounced) message.editedAtMs = Date.now();
    const pings = findPings(
      allText(message.content, message.components),
      change.allowedMentions ?? null,
      repliedTo?.authorId ?? null,
      this.#isMember,
    );
    message.mentions = pings.userIds;
    message.mentionsEveryone = pings.everyone;
    const kind = message.visibleTo === undefined ? 'message-edited' : 'ephemeral-edited';
    this.feed.publish({ kind, message });
    return message;
  }

  remove(channelId: string, messageId: string): void {
    const message = this.#known(channelId, messageId);
    if (message.visibleTo === undefined) {
      this.#historyOf(channelId).remove(messageId);
      this.feed.publish({ kind: 'message-deleted', message });
    } else {
      this.#ephemerals.get(channelId)?.remove(messageId);
      this.feed.publish({ kind: 'ephemeral-deleted', message });
    }
  }

  /** Removes messages of a channel in one go, as moderators do. */
  removeAll(channelId: string, messageIds: readonly string[]): void {
    const messages = messageIds.map((id) => this.#known(channelId, id));
    for (const { id } of messages) this.#historyOf(channelId).remove(id);
    this.feed.publish({ kind: 'messages-deleted', messages });
  }

  /** False when this user had reacted so already. */
  react(channelId: string, messageId: string, userId: string, emoji: string): boolean {
    const message = this.#known(channelId, messageId);
    const reaction = message.reactions.find((known) => known.emoji === emoji);
    if (reaction?.userIds.includes(userId)) return false;
    if (reaction) reaction.userIds.push(userId);
    else message.reactions.push({ emoji, userIds: [userId] });
    this.feed.publish({ kind: 'reaction-added', message, userId, emoji });
    return true;
  }

  /** False when this user had not reacted so. */
  unreact(channelId: string, messageId: string, userId: string, emoji: string): boolean {
    const message = this.#known(channelId, messageId);
    const reaction = message.reactions.find((known) => known.emoji === emoji);
    const index = reaction?.userIds.indexOf(userId) ?? -1;
    if (!reaction || index === -1) return false;
    reaction.userIds.splice(index, 1);
    if (reaction.userIds.length === 0) {
      message.reactions = message.reactions.filter((known) => known !== reaction);
    }
    this.feed.publish({ kind: 'reaction-removed', message, userId, emoji });
    return true;
  }

  #known(channelId: string, messageId: string): Message {
    const message = this.find(channelId, messageId);
    if (!message) throw new WorldError('unknown-message', `there is no message ${messageId} in ${channelId}`);
    return message;
  }

  #channelForMessages(channelId: string): Channel {
    const channel = this.directory.channel(channelId);
    if (!channel) throw new WorldError('unknown-channel', `there is no channel ${channelId}`);
    if (channel.kind === 'forum') {
      throw new WorldError('wrong-channel-kind', `${channelId} is a forum: messages go into its threads`);
    }
    if (channel.kind === 'category') {
      throw new WorldError('wrong-channel-kind', `${channelId} is a category: messages go into its channels`);
    }
    return channel;
  }

  #historyOf(channelId: string): History {
    return historyIn(this.#histories, channelId, this.historyLimit);
  }

  #rememberNonce(message: Message): void {
    if (message.nonce === null) return;
    this.#nonces.remember(message.channelId, message.authorId, message.nonce, message.id, message.atMs);
  }
}

function historyIn(histories: Map<string, History>, channelId: string, limit: number): History {
  const known = histories.get(channelId);
  if (known) return known;
  const history = new History(limit);
  histories.set(channelId, history);
  return history;
}

/** What a message says, in its content and in its components. */
function allText(content: string, components: readonly APIMessageTopLevelComponent[] = []): string {
  return [content, ...components.flatMap(textsOf)].join('\n');
}

function textsOf(component: APIMessageTopLevelComponent): string[] {
  switch (component.type) {
    case ComponentType.TextDisplay:
      return [component.content];
    case ComponentType.Section:
      return component.components.map(({ content }) => content);
    case ComponentType.Container:
      return component.components.flatMap(textsOf);
    default:
      return [];
  }
}
