import type { ServiceStatus } from '../chat-contract';

/** Receives what is known of the services now; null when nothing is. */
export type ServicesListener = (services: readonly ServiceStatus[] | null) => void;

/**
 * What whoever runs Popple beside this Discord reports of its services. A report that is not repeated is forgotten: who made it
 * may be gone, and what it said would become false without anybody noticing.
 */
export class ServicesBoard {
  readonly #keepMs: number;
  readonly #listeners = new Set<ServicesListener>();
  #services: readonly ServiceStatus[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** A report is believed for `keepMs` (10 s when left out). */
  constructor(keepMs = 10_000) {
    this.#keepMs = keepMs;
  }

  get services(): readonly ServiceStatus[] | null {
    return this.#services;
  }

  /** Takes a report in the place of the one before. Listeners are called when it differs. */
  report(services: readonly ServiceStatus[]): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set(null), this.#keepMs);
    this.#timer.unref();
    this.#set(services);
  }

  onChange(listener: ServicesListener): void {
    this.#listeners.add(listener);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #set(services: readonly ServiceStatus[] | null): void {
    const same = JSON.stringify(services) === JSON.stringify(this.#services);
    this.#services = services;
    if (same) return;
    for (const listener of this.#listeners) listener(services);
  }
}
