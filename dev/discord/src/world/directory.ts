import type { Locale } from 'discord-api-types/v10';
import type { ChangeFeed } from './feed';
import {
  type Channel,
  type ChannelKind,
  type Guild,
  type Member,
  type Permission,
  type Role,
  WorldError,
  type WorldSnapshot,
} from './model';
import { channelName, colorFor, userName } from './names';
import type { SnowflakeSource } from './snowflake';

export interface NewGuild {
  readonly name: string;
  readonly id?: string | undefined;
  /** When the bot joined it; now unless said otherwise. */
  readonly joinedAtMs?: number | undefined;
}

export interface NewChannel {
  readonly guildId: string;
  readonly name: string;
  readonly topic?: string | undefined;
  /** Text unless said otherwise. A thread needs `parentId`; other channels may have that of a category. */
  readonly kind?: Exclude<ChannelKind, 'dm'> | undefined;
  readonly parentId?: string | undefined;
  readonly id?: string | undefined;
}

export interface NewMember {
  readonly name: string;
  readonly color?: string | undefined;
  readonly bot?: boolean | undefined;
  readonly id?: string | undefined;
}

/** Raises `WorldError`: a thread is in a channel, a channel may be in a category, and a category is in nothing. */
function checkParent(kind: ChannelKind, parent: Channel | undefined): void {
  if (kind !== 'category' && parent && (kind === 'thread') !== (parent.kind === 'category')) return;
  throw new WorldError(
    'wrong-channel-kind',
    `a ${kind} cannot be in ${parent ? `a ${parent.kind}` : 'nothing'}`,
  );
}

/** Who and what is in a world: guilds, their channels and threads, members, and DMs with the bot. */
export class Directory {
  readonly #guilds = new Map<string, Guild>();
  readonly #channels = new Map<string, Channel>();
  /** Channel ids of a guild, in order of creation: a `Channel` is replaced when it changes. */
  readonly #channelIdsOf = new Map<string, string[]>();
  readonly #members = new Map<string, Member>();
  readonly #dmOf = new Map<string, string>();

  constructor(
    snapshot: WorldSnapshot,
    private readonly ids: SnowflakeSource,
    private readonly feed: ChangeFeed,
  ) {
    for (const guild of snapshot.guilds) this.#guilds.set(guild.id, guild);
    for (const channel of snapshot.channels) this.#keep(channel);
    for (const member of snapshot.members) this.#members.set(member.id, member);
  }

  guilds(): Guild[] {
    return [...this.#guilds.values()];
  }

  guild(id: string): Guild | undefined {
    return this.#guilds.get(id);
  }

  get guildCount(): number {
    return this.#guilds.size;
  }

  /** Channels and threads of a guild, in order of creation. */
  channels(guildId: string): Channel[] {
    const ids = this.#channelIdsOf.get(guildId) ?? [];
    return ids.flatMap((id) => this.#channels.get(id) ?? []);
  }

  channel(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  members(): Member[] {
    return [...this.#members.values()];
  }

  get memberCount(): number {
    return this.#members.size;
  }

  member(id: string): Member | undefined {
    return this.#members.get(id);
  }

  dms(): Channel[] {
    return [...this.#dmOf.values()].flatMap((id) => this.#channels.get(id) ?? []);
  }

  addGuild({ name, id = this.ids.next(), joinedAtMs = Date.now() }: NewGuild): Guild {
    const owner = this.members().find((member) => !member.bot)?.id ?? id;
    const guild: Guild = { id, name, ownerId: owner, joinedAtMs };
    this.#guilds.set(id, guild);
    this.feed.publish({ kind: 'guild-created', guild });
    return guild;
  }

  /** As when the bot is removed from a server. Its channels are no longer to be found. */
  removeGuild(id: string): void {
    const guild = this.#guilds.get(id);
    if (!guild) throw new WorldError('unknown-guild', `there is no guild ${id}`);
    this.#guilds.delete(id);
    for (const channelId of this.#channelIdsOf.get(id) ?? []) this.#channels.delete(channelId);
    this.#channelIdsOf.delete(id);
    this.feed.publish({ kind: 'guild-removed', guild });
  }

  addChannel({
    guildId,
    name,
    topic = '',
    kind = 'text',
    parentId,
    id = this.ids.next(),
  }: NewChannel): Channel {
    if (!this.#guilds.has(guildId)) throw new WorldError('unknown-guild', `there is no guild ${guildId}`);
    const parent = parentId === undefined ? undefined : this.#channels.get(parentId);
    if (parentId !== undefined || kind === 'thread') checkParent(kind, parent);
    const channel: Channel = {
      id,
      kind,
      name: kind === 'thread' ? name : channelName(name),
      topic,
      guildId,
      parentId: parent?.id ?? null,
      recipientId: null,
      position: this.#channelIdsOf.get(guildId)?.length ?? 0,
      denied: parent?.denied ?? [],
    };
    this.#keep(channel);
    this.feed.publish({ kind: 'channel-created', channel });
    return channel;
  }

  addMember({ name, id = this.ids.next(), color = colorFor(id), bot = false }: NewMember): Member {
    const member: Member = { id, username: userName(name), displayName: name, color, bot };
    this.#members.set(id, member);
    this.feed.publish({ kind: 'member-created', member });
    return member;
  }

  /** Changes the language of a member's client. */
  setLocale(memberId: string, locale: Locale): Member {
    const known = this.#members.get(memberId);
    if (!known) throw new WorldError('unknown-member', `there is no member ${memberId}`);
    const member: Member = { ...known, locale };
    this.#members.set(memberId, member);
    this.feed.publish({ kind: 'member-changed', member });
    return member;
  }

  setGuildLocale(guildId: string, locale: Locale): Guild {
    const guild: Guild = { ...this.#knownGuild(guildId), locale };
    this.#guilds.set(guildId, guild);
    this.feed.publish({ kind: 'guild-changed', guild });
    return guild;
  }

  /** Gives a member the role of this name, which is made when there is none yet, or takes it away. */
  setRole(guildId: string, memberId: string, name: string, permissions: string, has: boolean): Guild {
    const member = this.#members.get(memberId);
    if (!member) throw new WorldError('unknown-member', `there is no member ${memberId}`);
    const known = this.#knownGuild(guildId);
    const roles = known.roles ?? [];
    const earlier = roles.find((role) => role.name === name);
    if ((earlier?.memberIds.includes(memberId) ?? false) === has) return known;
    const others = (earlier?.memberIds ?? []).filter((id) => id !== memberId);
    const role: Role = {
      id: earlier?.id ?? this.ids.next(),
      name,
      permissions: earlier?.permissions ?? permissions,
      memberIds: has ? [...others, memberId] : others,
    };
    const guild: Guild = { ...known, roles: [...roles.filter(({ id }) => id !== role.id), role] };
    this.#guilds.set(guildId, guild);
    this.feed.publish({ kind: 'roles-changed', guild, member, newRole: earlier ? null : role });
    return guild;
  }

  #knownGuild(guildId: string): Guild {
    const guild = this.#guilds.get(guildId);
    if (!guild) throw new WorldError('unknown-guild', `there is no guild ${guildId}`);
    return guild;
  }

  /** The direct messages between a member and the bot, made when there are none yet. */
  dm(memberId: string): Channel {
    const member = this.#members.get(memberId);
    if (!member) throw new WorldError('unknown-member', `there is no member ${memberId}`);
    const known = this.#channels.get(this.#dmOf.get(memberId) ?? '');
    if (known) return known;
    const channel: Channel = {
      id: this.ids.next(),
      kind: 'dm',
      name: '',
      topic: '',
      guildId: null,
      parentId: null,
      recipientId: memberId,
      position: 0,
      denied: [],
    };
    this.#keep(channel);
    this.feed.publish({ kind: 'channel-created', channel });
    return channel;
  }

  /** Takes these permissions away from the bot in a channel, and gives all others back. */
  setDenied(channelId: string, denied: readonly Permission[]): Channel {
    const known = this.#channels.get(channelId);
    if (!known) throw new WorldError('unknown-channel', `there is no channel ${channelId}`);
    const channel: Channel = { ...known, denied: [...new Set(denied)] };
    this.#channels.set(channelId, channel);
    this.feed.publish({ kind: 'channel-changed', channel });
    return channel;
  }

  /** Archives a thread, or makes it active again. Raises `WorldError` for what is no thread. */
  setArchived(threadId: string, archivedAtMs: number | undefined): Channel {
    const known = this.#channels.get(threadId);
    if (known?.kind !== 'thread') throw new WorldError('unknown-channel', `there is no thread ${threadId}`);
    const thread: Channel = {
      ...known,
      archivedAtMs,
      ...(archivedAtMs === undefined ? { reopenedAtMs: Date.now() } : {}),
    };
    this.#channels.set(threadId, thread);
    this.feed.publish({ kind: 'channel-changed', channel: thread });
    return thread;
  }

  #keep(channel: Channel): void {
    this.#channels.set(channel.id, channel);
    if (channel.recipientId !== null) this.#dmOf.set(channel.recipientId, channel.id);
    if (channel.guildId === null) return;
    const ids = this.#channelIdsOf.get(channel.guildId);
    if (ids) ids.push(channel.id);
    else this.#channelIdsOf.set(channel.guildId, [channel.id]);
  }
}
