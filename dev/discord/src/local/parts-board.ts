import type { ChatPart } from '../chat-contract';

/** Hears what is known of the parts now; null when nothing is. */
export type PartsListener = (parts: readonly ChatPart[] | null) => void;

/**
 * What whoever runs Popple beside this Discord says of its parts. A report that is not repeated is forgotten: who made it
 * may be gone, and what it said would become false without anybody noticing.
 */
export class PartsBoard {
  readonly #keepMs: number;
  readonly #listeners = new Set<PartsListener>();
  #parts: readonly ChatPart[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A report is believed for `keepMs` (10 s when left out). */
  constructor(keepMs = 10_000) {
    this.#keepMs = keepMs;
  }

  get parts(): readonly ChatPart[] | null {
    return this.#parts;
  }

  /** Takes a report in the place of the one before. Listeners hear of it when it differs. */
  report(parts: readonly ChatPart[]): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(null), this.#keepMs);
    this.#timer.unref();
    this.#set(parts);
  }

  onChange(listener: PartsListener): void {
    this.#listeners.add(listener);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #set(parts: readonly ChatPart[] | null): void {
    const same = JSON.stringify(parts) === JSON.stringify(this.#parts);
    this.#parts = parts;
    if (same) return;
    for (const listener of this.#listeners) listener(parts);
  }
}
