import { describeError, type Log } from '@popple/shared/observability/log';
import { type Slot, slotKey } from '../leases/slot';
import { type SessionRecord, type SessionStore, SupersededError } from './session-record';

/** How often what is handled is stored. A killed bot's successor receives again what was handled since. */
const STORE_INTERVAL_MS = 1_000;

export interface RecordWriterOptions {
  store: Pick<SessionStore, 'write'>;
  slot: Slot;
  log: Log;
  /** What a successor needs at this moment. */
  record(): SessionRecord;
}

/**
 * Stores the record of a slot once a second, when it has changed, until the record is found to be another's: from then on
 * nothing is stored.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #stored = '';
  #isSuperseded = false;

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

  /** Whether the record was found to be another's, so that what is known here is not to be gone by. */
  get isSuperseded(): boolean {
    return this.#isSuperseded;
  }

  /** Stores it now, unless the record is another's. @throws NatsError when that fails. */
  async store(): Promise<void> {
    const { store, slot, record, log } = this.#options;
    const current = record();
    const text = JSON.stringify(current);
    if (text === this.#stored || this.#isSuperseded) return;
    try {
      await store.write(slot, current);
    } catch (error) {
      if (!(error instanceof SupersededError)) throw error;
      this.#isSuperseded = true;
      this.stop();
      log.warn({ slot: slotKey(slot) }, `${error.message}: nothing more is stored for it here`);
      return;
    }
    this.#stored = text;
  }

  /** Stores nothing from now on but by `store`. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
