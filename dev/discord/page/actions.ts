import type { ChatDm, ChatGuild, ChatMessage, ChatState } from '../src/chat-contract';
import type { ChatLocale } from '../src/chat-locales';
import type { ChatCommand, InvocationInput, Outcome } from '../src/interaction-contract';
import type { Navigation } from './feed';
import { HistoryReader } from './history';
import { CommandCache } from './model/command-cache';
import {
  channelIdOf,
  fromHash,
  resolveSelection,
  type Selection,
  toHash,
  type Wish,
} from './model/selection';
import { markRead } from './model/unread';
import { ApiError, api } from './net/api';
import type { Store } from './store';

/** A command, component or modal that is used; who uses it, and where, is known. */
export type AppUse = InvocationInput extends infer Use
  ? Use extends InvocationInput
    ? Omit<Use, 'memberId' | 'channelId'>
    : never
  : never;

/** Most pages read back in search of a message that a reply quotes. */
const MAX_PAGES_BACK = 20;

/** All that a person can do on the page. The page shows what fails (`failure`), except where a method documents that it rejects. */
export class Actions implements Navigation {
  readonly history: HistoryReader;
  readonly #store: Store;
  readonly #commands = new CommandCache(api.commands);
  /** Where one was last in each server. */
  readonly #lastChannel = new Map<string, string>();
  #atEnd = true;
  /** Messages are sent one after the other, or two quick ones could arrive the wrong way round. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
    this.history = new HistoryReader(store);
  }

  /** Opens the channel of the hash. */
  followHash(): void {
    this.#go(fromHash(location.hash), 'replace');
  }

  worldChanged(): void {
    const { selection } = this.#store.state;
    this.#go(selection ?? fromHash(location.hash), 'replace');
  }

  watching(): boolean {
    return this.#atEnd && document.visibilityState === 'visible';
  }

  /** Says whether the newest messages are in view; when they are and the page is visible, the channel is read. */
  seen(atEnd = this.#atEnd): void {
    this.#atEnd = atEnd;
    const { channelId, unread } = this.#store.state;
    if (channelId === undefined || !this.watching()) return;
    const rest = markRead(unread, channelId);
    if (rest !== unread) this.#store.change({ unread: rest });
  }

  writeAs(memberId: string): void {
    this.#go({ ...this.#store.state.selection, memberId }, 'push');
  }

  openGuild(guildId: string): void {
    const channelId = this.#lastChannel.get(guildId);
    this.#go({ ...this.#me(), guildId, ...(channelId === undefined ? {} : { channelId }) }, 'push');
  }

  openChannel(guildId: string, channelId: string): void {
    this.#go({ ...this.#me(), guildId, channelId }, 'push');
  }

  openDm(): void {
    this.#go({ ...this.#me(), dm: true }, 'push');
  }

  /** Finds a channel anywhere, as behind a `#general` in a message. */
  openMentionedChannel(channelId: string): void {
    const guild = this.#store.state.world?.guilds.find(({ channels }) =>
      channels.some(({ id }) => id === channelId),
    );
    if (guild !== undefined) this.openChannel(guild.id, channelId);
  }

  replyTo(message: ChatMessage | undefined): void {
    this.#store.change({ replyTo: message });
  }

  /** Sends to the open channel, as the member who is looked through. Rejects with an `ApiError`. */
  async say(content: string): Promise<void> {
    const { channelId, selection, replyTo } = this.#store.state;
    if (channelId === undefined || selection === undefined) return;
    const request = { authorId: selection.memberId, content, ...(replyTo && { replyToId: replyTo.id }) };
    const sent = this.#sending.then(() => api.say(channelId, request));
    this.#sending = sent.catch(() => undefined);
    this.#store.change({ replyTo: undefined, dividerId: undefined });
    const message = await sent;
    this.history.take(channelId, { type: 'message', message });
  }

  /** Lets one edit a message of the open channel, in its place; undefined ends that. */
  startEditing(messageId: string | undefined): void {
    this.#store.change({ editingId: messageId });
  }

  /** The newest message in the open channel that the member who is looked through wrote, as far as it was read. */
  lastOwnMessage(): ChatMessage | undefined {
    const { channelId, selection, logs } = this.#store.state;
    const log = channelId === undefined ? undefined : logs.get(channelId);
    return log?.messages.findLast(({ author }) => author.id === selection?.memberId && !author.bot);
  }

  /** Changes the content of a message of the chosen member. Rejects with an `ApiError`. */
  async edit(message: ChatMessage, content: string): Promise<void> {
    const memberId = this.#store.state.selection?.memberId;
    if (memberId === undefined) return;
    const edited = await api.edit(message, { memberId, content });
    this.history.take(message.channelId, { type: 'message-update', message: edited });
  }

  /** Deletes a message of the member who is looked through. Rejects with an `ApiError`. */
  async remove(message: ChatMessage): Promise<void> {
    const memberId = this.#store.state.selection?.memberId;
    if (memberId !== undefined) await api.remove(message, { memberId });
  }

  /** Adds the viewer's reaction, or takes it back. */
  async toggleReaction(message: ChatMessage, emoji: string): Promise<void> {
    const memberId = this.#store.state.selection?.memberId;
    if (memberId === undefined) return;
    const mine = message.reactions.some(
      (reaction) => reaction.emoji === emoji && reaction.userIds.includes(memberId),
    );
    await this.#show(api.react(mine ? 'DELETE' : 'PUT', message, emoji, { memberId }));
  }

  /** What the member who is looked through may use in the open channel. Rejects with an `ApiError`. */
  commands(): Promise<readonly ChatCommand[]> {
    return this.#commands.read(this.#store.state);
  }

  /**
   * Uses a command, a component or a modal as the member who is looked through. Rejects with what to tell the member: an
   * `ApiError`, or that the app did not respond.
   */
  async interact(use: AppUse): Promise<Outcome> {
    const { channelId, selection } = this.#store.state;
    if (channelId === undefined || selection === undefined) throw new ApiError('No channel is open.');
    const { memberId } = selection;
    const outcome = await api.interact({
      ...use,
      memberId,
      ...(use.kind === 'modal' ? {} : { channelId }),
    } as InvocationInput);
    if (outcome.kind === 'failed') throw new ApiError('The application did not respond.');
    return outcome;
  }

  /** Uses a command of a menu on a member or a message. Undefined when the page shows why it came to nothing. */
  async useOn(commandId: string, targetId: string): Promise<Outcome | undefined> {
    this.#store.change({ failure: undefined });
    try {
      return await this.interact({ kind: 'command', commandId, targetId });
    } catch (error) {
      this.#store.change({ failure: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  /** Takes an ephemeral message out of sight. It does not come back. */
  dismiss(message: ChatMessage): void {
    const { channelId, id: messageId } = message;
    this.history.take(channelId, { type: 'message-delete', channelId, messageId });
  }

  async setLocale(memberId: string, locale: ChatLocale): Promise<void> {
    await this.#show(api.setLocale(memberId, { locale }));
  }

  async setAdministrator(guildId: string, memberId: string, isAdministrator: boolean): Promise<void> {
    await this.#show(api.setAdministrator(guildId, memberId, { isAdministrator }));
  }

  async readOlder(): Promise<void> {
    const { channelId } = this.#store.state;
    if (channelId !== undefined) await this.#show(this.history.readOlder(channelId));
  }

  /** Reads back until a message is known. False when it is not found. */
  async bringIn(messageId: string): Promise<boolean> {
    const { channelId } = this.#store.state;
    if (channelId === undefined) return false;
    for (let page = 0; page < MAX_PAGES_BACK; page += 1) {
      const log = this.#store.state.logs.get(channelId);
      if (log?.messages.some(({ id }) => id === messageId)) return true;
      if (log === undefined || log.complete || channelId !== this.#store.state.channelId) return false;
      await this.#show(this.history.readOlder(channelId));
    }
    return false;
  }

  /** Makes a member and writes as them from now on. Rejects with an `ApiError`. */
  async addMember(name: string): Promise<void> {
    const member = await api.addMember({ name });
    // The same comes with the next `state` push, which may be here already.
    this.#adapt((world) => ({ ...world, members: withOne(world.members, member) }));
    this.writeAs(member.id);
  }

  /** Makes a server and goes there. Rejects with an `ApiError`. */
  async addGuild(name: string): Promise<void> {
    const guild = await api.addGuild({ name });
    this.#adapt((world) => ({ ...world, guilds: withOne(world.guilds, guild) }));
    this.openGuild(guild.id);
  }

  /** Makes a channel and goes there. Rejects with an `ApiError`. */
  async addChannel(guildId: string, name: string): Promise<void> {
    const channel = await api.addChannel(guildId, { name });
    const add = (guild: ChatGuild) =>
      guild.id === guildId ? { ...guild, channels: withOne(guild.channels, channel) } : guild;
    this.#adapt((world) => ({ ...world, guilds: world.guilds.map(add) }));
    this.openChannel(guildId, channel.id);
  }

  #adapt(change: (world: ChatState) => ChatState): void {
    const { world } = this.#store.state;
    if (world !== undefined) this.#store.change({ world: change(world) });
  }

  #me(): { memberId?: string } {
    const memberId = this.#store.state.selection?.memberId;
    return memberId === undefined ? {} : { memberId };
  }

  #go(wish: Wish, how: 'push' | 'replace'): void {
    const { world } = this.#store.state;
    const selection = world && resolveSelection(wish, world);
    if (world === undefined || selection === undefined) return;
    const hash = toHash(selection);
    if (hash !== location.hash) {
      if (how === 'push') history.pushState(null, '', hash);
      else history.replaceState(null, '', hash);
    }
    const moved = selection.memberId !== this.#store.state.selection?.memberId;
    this.#store.change({ selection, ...(moved && { editingId: undefined }) });
    const channelId = channelIdOf(selection, world);
    if (!('dm' in selection)) this.#lastChannel.set(selection.guildId, selection.channelId);
    if (channelId === undefined) this.#startDm(selection);
    else this.#show(this.#open(channelId));
  }

  #startDm(selection: Selection): void {
    this.#store.change({ channelId: undefined });
    this.#show(
      api.dm(selection.memberId).then((dm) => {
        const others = (dms: ChatDm[]) => dms.filter(({ memberId }) => memberId !== dm.memberId);
        this.#adapt((world) => ({ ...world, dms: [...others(world.dms), dm] }));
        this.worldChanged();
      }),
    );
  }

  async #open(channelId: string): Promise<void> {
    const { channelId: before, unread, logs } = this.#store.state;
    if (channelId !== before) {
      this.#atEnd = true;
      const dividerId = unread.get(channelId)?.firstId;
      this.#store.change({
        channelId,
        dividerId,
        replyTo: undefined,
        editingId: undefined,
        failure: undefined,
      });
    }
    if (!logs.has(channelId) && !this.history.reading(channelId)) await this.history.readNewest(channelId);
  }

  async #show(work: Promise<unknown>): Promise<void> {
    await work.catch((error: Error) => this.#store.change({ failure: error.message }));
  }
}

function withOne<T extends { readonly id: string }>(known: readonly T[], one: T): T[] {
  return [...known.filter(({ id }) => id !== one.id), one];
}
