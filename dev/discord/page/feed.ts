import type { ChatMessage, ChatPush } from '../src/chat-contract';
import type { HistoryReader } from './history';
import { parseMarkdown } from './markdown/parse';
import { plainText } from './markdown/plain-text';
import { channelOfPush, isVisibleTo } from './model/channel-log';
import { directoryOf } from './model/directory';
import { countUnread } from './model/unread';
import type { LiveListener } from './net/live-socket';
import type { Store } from './store';

/** Discord shows a member as writing for this long. */
const TYPING_MS = 10_000;

/** What the feed needs of the code that moves between channels. */
export interface Navigation {
  /** The world is known, or has changed: the selection may have to. */
  worldChanged(): void;
  /** Whether the newest messages of the open channel are visible. */
  watching(): boolean;
}

/** Turns what the server pushes into changes of the store. */
export class Feed implements LiveListener {
  readonly #store: Store;
  readonly #history: HistoryReader;
  readonly #navigation: Navigation;

  constructor(store: Store, history: HistoryReader, navigation: Navigation) {
    this.#store = store;
    this.#history = history;
    this.#navigation = navigation;
  }

  up(): void {
    const wasOffline = this.#store.state.connection === 'offline';
    this.#store.change({ connection: 'online', failure: undefined, typing: new Map() });
    if (!wasOffline) return;
    const { channelId } = this.#store.state;
    this.#history.forgetAllBut(channelId);
    if (channelId === undefined) return;
    // Should it fail, the connection is gone again, and the next `up` reads it.
    this.#history
      .readNewest(channelId)
      .catch((error: Error) => this.#store.change({ failure: error.message }));
  }

  down(): void {
    this.#store.change({ connection: 'offline', services: undefined });
  }

  push(push: ChatPush): void {
    if (push.type === 'state') {
      this.#store.change({ world: push.state });
      this.#navigation.worldChanged();
      return;
    }
    if (push.type === 'services') {
      this.#store.change({ services: push.services ?? undefined });
      return;
    }
    if (push.type === 'commands') {
      this.#store.change({ commandsVersion: this.#store.state.commandsVersion + 1 });
      return;
    }
    const channelId = channelOfPush(push);
    if (channelId !== undefined) this.#history.take(channelId, push);
    if (push.type === 'message') this.#arrived(push.message);
    if (push.type === 'message-delete') this.#deleted(push.messageId);
    if (push.type === 'typing') this.#setTyping(push.channelId, push.userId, Date.now() + TYPING_MS);
    if (push.type === 'presence') this.#presence(push.userId, push.online);
  }

  #arrived(message: ChatMessage): void {
    const { selection, channelId, unread, world, dividerId } = this.#store.state;
    this.#setTyping(message.channelId, message.author.id, 0);
    if (selection === undefined || world === undefined) return;
    const { memberId } = selection;
    if (!isVisibleTo(message, memberId)) return;
    const foreignDm =
      message.guildId === null &&
      !world.dms.some((dm) => dm.channelId === message.channelId && dm.memberId === memberId);
    if (foreignDm) return;
    const open = message.channelId === channelId;
    if (open && message.author.id !== memberId) {
      const text = plainText(parseMarkdown(message.content), directoryOf(world));
      this.#store.change({ announcement: `${message.author.name}: ${text}` });
    }
    if (open && this.#navigation.watching()) return;
    const counted = countUnread(unread, message, memberId);
    const first = counted.get(message.channelId)?.firstId;
    this.#store.change({ unread: counted, dividerId: open ? (first ?? dividerId) : dividerId });
  }

  /** What is gone is neither replied to nor edited. */
  #deleted(messageId: string): void {
    const { replyTo, editingId } = this.#store.state;
    if (replyTo?.id === messageId) this.#store.change({ replyTo: undefined });
    if (editingId === messageId) this.#store.change({ editingId: undefined });
  }

  #presence(userId: string, online: boolean): void {
    const { world } = this.#store.state;
    if (world?.bot.id === userId) this.#store.change({ world: { ...world, bot: { ...world.bot, online } } });
  }

  #setTyping(channelId: string, userId: string, untilMs: number): void {
    const { typing } = this.#store.state;
    const before = typing.get(channelId);
    if (untilMs === 0 && before?.has(userId) !== true) return;
    const inChannel = new Map(before);
    if (untilMs === 0) inChannel.delete(userId);
    else inChannel.set(userId, untilMs);
    this.#store.change({ typing: new Map(typing).set(channelId, inChannel) });
    if (untilMs === 0) return;
    // Ends it, unless it was prolonged meanwhile.
    setTimeout(() => {
      if (this.#store.state.typing.get(channelId)?.get(userId) === untilMs)
        this.#setTyping(channelId, userId, 0);
    }, untilMs - Date.now());
  }
}
