import { describeError, type Log } from '@popple/shared/observability/log';
import { type Slot, slotKey } from '../leases/slot';
import type { SessionRecord, SessionStore } from './session-record';

/** How often what is handled is stored. A killed bot's successor receives again what was handled since. */
const STORE_INTERVAL_MS = 1_000;

export interface RecordWriterOptions {
  store: Pick<SessionStore, 'write'>;
  slot: Slot;
  log: Log;
  /** What a successor needs at this moment. */
  record(): SessionRecord;
}

/** Stores the record of a slot once a second, when it has changed. */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #stored = '';

  constructor(options: RecordWriterOptions) {
    this.#options = options;
    const { slot, log } = options;
    this.#timer = setInterval(() => {
      this.store().catch((error: unknown) => {
        // It is tried again in a second; until then a successor receives more than it needs.
        log.warn({ slot: slotKey(slot) }, `cannot store the session: ${describeError(error)}`);
      });
    }, STORE_INTERVAL_MS);
  }

  /** Stores it now. @throws NatsError when that fails. */
  async store(): Promise<void> {
    const { store, slot, record } = this.#options;
    const current = record();
    const text = JSON.stringify(current);
    if (text === this.#stored) return;
    await store.write(slot, current);
    this.#stored = text;
  }

  /** Stores nothing from now on but by `store`. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
