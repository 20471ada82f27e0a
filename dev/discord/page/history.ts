import type { ChatPush } from '../src/chat-contract';
import { emptyLog, withNewestPage, withOlderPage, withPush } from './model/channel-log';
import { api } from './net/api';
import type { Store } from './store';

/** How many messages are asked for at once. */
const PAGE_SIZE = 50;

/** Reads channels' messages into the store, and keeps what was read up to date with what is pushed. */
export class HistoryReader {
  readonly #store: Store;
  /** What was pushed for a channel while its newest page was on its way: it may be missing in that page. */
  readonly #meanwhile = new Map<string, ChatPush[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads the newest page of a channel. Rejects with an `ApiError`. */
  async readNewest(channelId: string): Promise<void> {
    const pushes: ChatPush[] = [];
    this.#meanwhile.set(channelId, pushes);
    try {
      const page = await api.history(channelId, PAGE_SIZE);
      // A later read of the same channel has taken over.
      if (this.#meanwhile.get(channelId) !== pushes) return;
      const read = withNewestPage(this.#store.state.logs.get(channelId) ?? emptyLog, page, PAGE_SIZE);
      this.#setLog(channelId, pushes.reduce(withPush, read));
    } finally {
      if (this.#meanwhile.get(channelId) === pushes) this.#meanwhile.delete(channelId);
    }
  }

  /** Whether a channel's newest page is on its way. */
  reading(channelId: string): boolean {
    return this.#meanwhile.has(channelId);
  }

  /** Reads the page before the oldest message known, unless that is being done or there is none. Rejects with an `ApiError`. */
  async readOlder(channelId: string): Promise<void> {
    const { logs, loadingOlder } = this.#store.state;
    const log = logs.get(channelId);
    const oldest = log?.messages[0];
    if (loadingOlder || log === undefined || log.complete || oldest === undefined) return;
    this.#store.change({ loadingOlder: true });
    try {
      const page = await api.history(channelId, PAGE_SIZE, oldest.id);
      const now = this.#store.state.logs.get(channelId);
      if (now !== undefined) this.#setLog(channelId, withOlderPage(now, page, PAGE_SIZE));
    } finally {
      this.#store.change({ loadingOlder: false });
    }
  }

  /** Takes a push about a channel into its log, if that was read. */
  take(channelId: string, push: ChatPush): void {
    this.#meanwhile.get(channelId)?.push(push);
    const log = this.#store.state.logs.get(channelId);
    if (log !== undefined) this.#setLog(channelId, withPush(log, push));
  }

  /** Forgets every channel but one, whose messages stay in sight until they are read anew. For after a reconnect. */
  forgetAllBut(channelId: string | undefined): void {
    const kept = channelId === undefined ? undefined : this.#store.state.logs.get(channelId);
    const logs = channelId === undefined || kept === undefined ? [] : [[channelId, kept] as const];
    this.#store.change({ logs: new Map(logs) });
  }

  #setLog(channelId: string, log: typeof emptyLog): void {
    this.#store.change({ logs: new Map(this.#store.state.logs).set(channelId, log) });
  }
}
