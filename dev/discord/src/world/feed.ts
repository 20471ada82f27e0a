import type { WorldChange, WorldListener } from './change';

/** Tells every listener what changed, in the order of change, before the call that changed it returns. */
export class ChangeFeed {
  readonly #listeners = new Set<WorldListener>();

  /** Returns what ends the subscription. A listener must not throw. */
  subscribe(listener: WorldListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(change: WorldChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
