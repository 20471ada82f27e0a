import { type Locale, PermissionFlagsBits } from 'discord-api-types/v10';
import type { WorldChange, WorldListener } from './change';
import type { Command, CommandDefinition } from './command';
import { Commands } from './commands';
import { Conversations, type NewMessage } from './conversations';
import { Directory, type NewChannel, type NewGuild, type NewMember } from './directory';
import { ChangeFeed } from './feed';
import { Files } from './files';
import { type InteractionLimits, Interactions } from './interactions';
import type { Channel, Guild, Member, Message, MessageChange, Permission, WorldSnapshot } from './model';
import { SnowflakeSource } from './snowflake';

export interface WorldLimits {
  /** Messages kept per channel; the oldest beyond are forgotten. */
  readonly historyLimit: number;
  /** How long a nonce is remembered; read at every use. */
  readonly nonceWindowMs: () => number;
  /** How long an interaction waits for an answer, and how long its token lives; read at every use. */
  readonly interactions?: InteractionLimits;
}

export interface HistoryRange {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

const DISCORDS_INTERACTION_LIMITS: InteractionLimits = { deadlineMs: () => 3000, tokenMs: () => 15 * 60_000 };

/**
 * The people, places and messages of the local Discord. It knows nothing of the gateway, REST or the chat page: they
 * call it, and listen to what changes. Everything is in memory, and no call costs more the more was said before.
 */
export class World {
  readonly #feed = new ChangeFeed();
  readonly #ids = new SnowflakeSource();
  /** What is attached to messages. */
  readonly files = new Files(this.#ids);
  readonly #directory: Directory;
  readonly #conversations: Conversations;
  readonly #commands: Commands;
  /** What members do with commands, components and modals. */
  readonly interactions: Interactions;
  #botOnline = false;

  /** The bot must be among the members of the snapshot. */
  constructor(
    readonly botId: string,
    snapshot: WorldSnapshot,
    limits: WorldLimits,
  ) {
    this.#directory = new Directory(snapshot, this.#ids, this.#feed);
    this.#conversations = new Conversations(
      snapshot,
      this.#directory,
      this.#ids,
      this.#feed,
      limits.historyLimit,
      limits.nonceWindowMs,
    );
    this.interactions = new Interactions(
      this.#ids,
      this.#feed,
      limits.interactions ?? DISCORDS_INTERACTION_LIMITS,
    );
    this.#commands = new Commands(snapshot.commands ?? [], this.#ids, this.#feed);
  }

  get bot(): Member {
    const bot = this.#directory.member(this.botId);
    if (!bot) throw new TypeError(`the bot ${this.botId} is not among the members of its world`);
    return bot;
  }

  /** Returns what ends the subscription. Listeners are called in the order of change and must not throw. */
  onChange(listener: WorldListener): () => void {
    return this.#feed.subscribe(listener);
  }

  guilds = (): Guild[] => this.#directory.guilds();
  guild = (id: string): Guild | undefined => this.#directory.guild(id);
  /** Channels and threads of a guild, in order of creation. */
  channels = (guildId: string): Channel[] => this.#directory.channels(guildId);
  channel = (id: string): Channel | undefined => this.#directory.channel(id);
  /** Everybody, the bot included. */
  members = (): Member[] => this.#directory.members();
  member = (id: string): Member | undefined => this.#directory.member(id);
  get memberCount(): number {
    return this.#directory.memberCount;
  }

  get guildCount(): number {
    return this.#directory.guildCount;
  }

  dms = (): Channel[] => this.#directory.dms();
  /** The direct messages between a member and the bot, made when there are none yet. */
  dm = (memberId: string): Channel => this.#directory.dm(memberId);

  addGuild = (guild: NewGuild): Guild => this.#directory.addGuild(guild);
  removeGuild = (id: string): void => this.#directory.removeGuild(id);
  addChannel = (channel: NewChannel): Channel => this.#directory.addChannel(channel);
  addMember = (member: NewMember): Member => this.#directory.addMember(member);

  setLocale = (memberId: string, locale: Locale): Member => this.#directory.setLocale(memberId, locale);
  setGuildLocale = (guildId: string, locale: Locale): Guild =>
    this.#directory.setGuildLocale(guildId, locale);

  /** Makes a member an administrator of a server, or takes that away. */
  setAdministrator(guildId: string, memberId: string, isAdministrator: boolean): Guild {
    const permissions = String(PermissionFlagsBits.Administrator);
    return this.#directory.setRole(guildId, memberId, 'Administrators', permissions, isAdministrator);
  }

  /** Archives a thread, until something is said in it. Raises `WorldError` for what is no thread. */
  archive(threadId: string): void {
    this.#directory.setArchived(threadId, Date.now());
  }

  /** Takes these permissions away from the bot in a channel and gives all others back. */
  deny(channelId: string, ...permissions: readonly Permission[]): void {
    this.#directory.setDenied(channelId, permissions);
  }

  /** Whether the bot has a permission in a channel. Without sight of a channel it has none there. */
  botMay(channel: Channel, permission: Permission): boolean {
    return !channel.denied.includes('ViewChannel') && !channel.denied.includes(permission);
  }

  /** Writes a message, and calls every listener. Raises `WorldError` for an unknown channel, author or reply. */
  say = (message: NewMessage): Message => this.#conversations.say(message);

  message = (channelId: string, messageId: string): Message | undefined =>
    this.#conversations.message(channelId, messageId);

  /** A message, also one that only one member sees. Those are in no history, and gone after a restart. */
  find = (channelId: string, messageId: string): Message | undefined =>
    this.#conversations.find(channelId, messageId);

  /** The messages of a channel that only this member sees, oldest first. */
  ephemerals = (channelId: string, memberId: string): Message[] =>
    this.#conversations.ephemerals(channelId, memberId);

  /** The message this author wrote here with this nonce, if that was within the nonce window. */
  messageByNonce = (channelId: string, authorId: string, nonce: string | number): Message | undefined =>
    this.#conversations.messageByNonce(channelId, authorId, nonce);

  /** Messages of a channel, oldest first: all that are kept, or the newest `limit` of those below or above an id. */
  messages(
    channelId: string,
    { before, after, limit = Number.MAX_SAFE_INTEGER }: HistoryRange = {},
  ): Message[] {
    const history = this.#conversations.history(channelId);
    if (before !== undefined) return history.before(before, limit);
    return after === undefined ? history.latest(limit) : history.after(after, limit);
  }

  messagesAround = (channelId: string, id: string, limit: number): Message[] =>
    this.#conversations.history(channelId).around(id, limit);

  /** How many messages of a channel are kept. */
  messageCount = (channelId: string): number => this.#conversations.history(channelId).length;

  lastMessageId = (channelId: string): string | null => this.#conversations.history(channelId).lastId;

  /** Changes what a message says, an ephemeral one too: its content, or all that an edit can change. */
  edit = (channelId: string, messageId: string, change: string | MessageChange): Message =>
    this.#conversations.edit(channelId, messageId, typeof change === 'string' ? { content: change } : change);

  remove = (channelId: string, messageId: string): void => this.#conversations.remove(channelId, messageId);
  removeAll = (channelId: string, messageIds: readonly string[]): void =>
    this.#conversations.removeAll(channelId, messageIds);

  /** False when nothing changed: the user had reacted so already. */
  react = (channelId: string, messageId: string, userId: string, emoji: string): boolean =>
    this.#conversations.react(channelId, messageId, userId, emoji);

  /** False when nothing changed: the user had not reacted so. */
  unreact = (channelId: string, messageId: string, userId: string, emoji: string): boolean =>
    this.#conversations.unreact(channelId, messageId, userId, emoji);

  /** What the app has registered. */
  commands = (): readonly Command[] => this.#commands.all();
  command = (id: string): Command | undefined => this.#commands.command(id);
  countNewCommands = (definitions: readonly CommandDefinition[]): number =>
    this.#commands.countNew(definitions);
  commandsCreatedSince = (sinceMs: number): number => this.#commands.createdSince(sinceMs);
  /** Makes these all the commands there are; those that exist keep their ids. */
  replaceCommands = (definitions: readonly CommandDefinition[]): readonly Command[] =>
    this.#commands.replaceAll(definitions);

  typing(channelId: string, userId: string): void {
    this.#publish({ kind: 'typing', channelId, userId });
  }

  get botOnline(): boolean {
    return this.#botOnline;
  }

  setBotOnline(online: boolean): void {
    if (online === this.#botOnline) return;
    this.#botOnline = online;
    this.#publish({ kind: 'bot-presence', online });
  }

  #publish(change: WorldChange): void {
    this.#feed.publish(change);
  }
}
