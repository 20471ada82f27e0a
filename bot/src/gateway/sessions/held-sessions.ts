import type { Runner } from '@popple/shared/process/runner';
import { type Slot, slotKey } from '../leases/slot';
import type { SessionRecord, SessionStore } from './session-record';
import type { SlotSession } from './slot-session';

/** How long a hand-over waits for requests to reach the stream; the successor receives again what is left. */
const DRAIN_DEADLINE_MS = 4_000;
const DRAIN_LOOK_MS = 10;

/** What is used of the session of a slot. */
export type HeldSession = Pick<
  SlotSession,
  | 'connect'
  | 'disconnect'
  | 'handOver'
  | 'abandon'
  | 'problem'
  | 'isSuperseded'
  | 'isWaitingToIdentify'
  | 'pending'
>;

export interface HeldSessionsOptions {
  runner: Pick<Runner, 'log' | 'signal'>;
  store: Pick<SessionStore, 'read' | 'inherited'>;
  /** Makes the session of a slot, not connected yet, from what its last holder left. */
  open(slot: Slot, record: SessionRecord | undefined): HeldSession;
}

/** Why all sessions are disconnected though their slots are held. */
export type DisconnectReason = 'the outbox is full' | 'no lease is renewed';

/** The gateway sessions of the slots that this bot holds, one for each. */
export class HeldSessions {
  readonly #options: HeldSessionsOptions;
  readonly #sessions = new Map<string, HeldSession>();
  /** They are connected while there is none. */
  readonly #reasons = new Set<DisconnectReason>();

  constructor(options: HeldSessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** How many are ready. */
  get ready(): number {
    return [...this.#sessions.values()].filter((session) => session.problem() === undefined).length;
  }

  /** Whether there are any, all of which try to connect, and none of which waits for its turn to identify. */
  get areTrying(): boolean {
    const sessions = [...this.#sessions.values()];
    const isTrying = ({ isWaitingToIdentify }: HeldSession) => !isWaitingToIdentify;
    return sessions.length > 0 && this.#reasons.size === 0 && sessions.every(isTrying);
  }

  /** What is wrong with which. */
  problems(): string[] {
    return [...this.#sessions].flatMap(([key, session]) => {
      const problem = session.problem();
      return problem === undefined ? [] : [`slot ${key} is ${problem}`];
    });
  }

  /**
   * Opens a session for each of these slots that has none: it was just taken, or the record of its last holder could not
   * be read when it was; or its session here has been superseded, and is ended first.
   * @throws NatsError when a record cannot be read.
   */
  async openMissing(slots: readonly Slot[]): Promise<void> {
    for (const [key, session] of [...this.#sessions].filter(([, { isSuperseded }]) => isSuperseded)) {
      this.#sessions.delete(key);
      await session.abandon();
    }
    for (const slot of slots) if (!this.#sessions.has(slotKey(slot))) await this.#open(slot);
  }

  async #open(slot: Slot): Promise<void> {
    const { store, open, runner } = this.#options;
    const own = await store.read(slot);
    const record = own ?? { session: null, ...(await store.inherited()) };
    // The slots are being handed over meanwhile.
    if (runner.signal.aborted) return;
    runner.log.info({ slot: slotKey(slot), resumes: record.session !== null }, 'took a slot');
    const session = open(slot, record);
    this.#sessions.set(slotKey(slot), session);
    if (this.#reasons.size === 0) session.connect();
  }

  /** Ends the sessions of all but these slots, because other bots hold them now. */
  async dropAllBut(slots: readonly Slot[]): Promise<void> {
    const held = new Set(slots.map(slotKey));
    const lost = [...this.#sessions].filter(([key]) => !held.has(key));
    const drop = async ([key, session]: [string, HeldSession]) => {
      this.#options.runner.log.warn({ slot: key }, 'another bot has taken over this slot');
      this.#sessions.delete(key);
      await session.abandon();
    };
    await Promise.all(lost.map(drop));
  }

  /**
   * Ends the session of a slot, if there is one, so that the next holder can resume it. @throws NatsError when it cannot be
   * stored how far it got; the next holder then goes by what was stored last.
   */
  async handOver(slot: Slot): Promise<void> {
    const session = this.#sessions.get(slotKey(slot));
    if (session === undefined) return;
    this.#sessions.delete(slotKey(slot));
    await session.disconnect();
    const deadline = Date.now() + DRAIN_DEADLINE_MS;
    while (session.pending > 0 && Date.now() < deadline) await Bun.sleep(DRAIN_LOOK_MS);
    await session.handOver();
  }

  /** Disconnects all, so that they can be resumed, until there is no such reason any more. */
  async disconnect(reason: DisconnectReason): Promise<void> {
    this.#reasons.add(reason);
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()));
  }

  /** Connects all, when there is no other reason against it. */
  connect(reason: DisconnectReason): void {
    if (!this.#reasons.delete(reason) || this.#reasons.size > 0) return;
    for (const session of this.#sessions.values()) session.connect();
  }

  /** Whether they are disconnected for this reason. */
  areDisconnected(reason: DisconnectReason): boolean {
    return this.#reasons.has(reason);
  }
}
