/** What keeps text by name: a tab's `sessionStorage`. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The tab's own storage, looked up at each use: where it is switched off, naming it is an error already. */
export const tabStorage: TextStore = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
};

const PREFIX = 'popple.draft.';

/**
 * What was written and not sent, for each member and channel. It survives a reload of the tab; each tab has its own, so
 * that two of them with the same member do not overwrite each other's.
 */
export class Drafts {
  readonly #known = new Map<string, string>();
  readonly #store: TextStore;

  constructor(store: TextStore) {
    this.#store = store;
  }

  get(memberId: string, channelId: string): string {
    const key = keyOf(memberId, channelId);
    return this.#known.get(key) ?? this.#read(key);
  }

  /** Keeps a draft; an empty one is forgotten. */
  set(memberId: string, channelId: string, content: string): void {
    const key = keyOf(memberId, channelId);
    this.#known.set(key, content);
    try {
      if (content === '') this.#store.removeItem(key);
      else this.#store.setItem(key, content);
    } catch {
      // No room, or storage is switched off: the draft lasts as long as the page.
    }
  }

  #read(key: string): string {
    try {
      return this.#store.getItem(key) ?? '';
    } catch {
      return '';
    }
  }
}

function keyOf(memberId: string, channelId: string): string {
  return `${PREFIX}${memberId}.${channelId}`;
}
