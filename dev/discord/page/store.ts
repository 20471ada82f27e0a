import type { ChatMessage, ChatState } from '../src/chat-contract';
import type { ChannelLog } from './model/channel-log';
import type { Selection } from './model/selection';
import type { Services } from './model/services';
import type { UnreadByChannel } from './model/unread';

export type Connection = 'connecting' | 'online' | 'offline';

/** All that the page shows. Never changed in place: every change is a new object. */
export interface PageState {
  readonly connection: Connection;
  /** Undefined until the first push. */
  readonly world: ChatState | undefined;
  readonly selection: Selection | undefined;
  /** The channel that is looked at. */
  readonly channelId: string | undefined;
  /** Only of channels that were opened. */
  readonly logs: ReadonlyMap<string, ChannelLog>;
  readonly loadingOlder: boolean;
  readonly unread: UnreadByChannel;
  /** Before which message of the open channel the "new" divider stands. */
  readonly dividerId: string | undefined;
  readonly replyTo: ChatMessage | undefined;
  /** The message of the open channel that is being edited. */
  readonly editingId: string | undefined;
  /** Rises whenever the bot registers other commands. */
  readonly commandsVersion: number;
  /** Undefined where none is reported, and while the local Discord is away. */
  readonly services: Services;
  /** Until when (ms since the epoch) each user is writing, by channel. */
  readonly typing: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What a screen reader should say next. */
  readonly announcement: string;
  /** What went wrong last, as a sentence; undefined once something worked again. */
  readonly failure: string | undefined;
}

/** Holds the state, and calls listeners once for all changes of one synchronous piece of code, after it. */
export class Store {
  #state: PageState = {
    connection: 'connecting',
    world: undefined,
    selection: undefined,
    channelId: undefined,
    logs: new Map(),
    loadingOlder: false,
    unread: new Map(),
    dividerId: undefined,
    replyTo: undefined,
    editingId: undefined,
    commandsVersion: 0,
    services: undefined,
    typing: new Map(),
    announcement: '',
    failure: undefined,
  };
  #told = true;
  readonly #listeners: ((state: PageState) => void)[] = [];

  get state(): PageState {
    return this.#state;
  }

  subscribe(listener: (state: PageState) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes over the given fields. */
  change(fields: Partial<PageState>): void {
    this.#state = { ...this.#state, ...fields };
    if (!this.#told) return;
    this.#told = false;
    // Not an animation frame: a page in the background has none, and its title should still count.
    queueMicrotask(() => {
      this.#told = true;
      for (const listener of this.#listeners) listener(this.#state);
    });
  }
}
