import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { KV } from 'nats';
import { NatsError } from 'nats';
import { slotsHeld, slotsWanted } from '../metrics';
import { fairShare, slotsToGiveUp, wantedSlots } from './fair-share';
import type { Census, LeaseTable } from './lease-table';
import { LiveOthers } from './live-others';
import type { SessionRecord, SessionStore } from './session-record';
import { readShardCount } from './shard-count';
import { allSlots, type Slot, slotKey } from './slot';
import type { SlotSession } from './slot-session';

/** How often leases are renewed and shares looked at. */
const TICK_MS = 2_000;

/** How long a lease outlives the last word of its holder; a dead bot's slots are free after this. */
export const LEASE_TTL_MS = 10_000;

/** How long a hand-over waits for requests to reach the stream; what is left is told to the successor again. */
const SETTLE_DEADLINE_MS = 4_000;

export interface PresenceOptions {
  runner: Runner;
  leases: LeaseTable;
  store: SessionStore;
  /** Where the agreed shard count is. */
  bucket: KV;
  self: string;
  /** What is said about this instance to who asks who holds what. */
  about: string;
  shardCount: number;
  replicas: number;
  open(slot: Slot, record: SessionRecord | undefined): SlotSession;
  /** Told at every look how many bots live, this one included. */
  onBots(count: number): void;
}

/**
 * This instance's part of the presence on Discord: as many slots as are its fair share, each with a session.
 *
 * Every two seconds it says that it lives, renews its leases, and looks at who else lives. What exceeds its share it hands
 * over (leaves the gateway resumably, writes the session down, releases the lease); what it lacks it takes where a slot is
 * free, and resumes. While NATS is away nothing changes: sessions stay, for nobody else could take them either.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #sessions = new Map<string, SlotSession>();
  #shardCount: number;
  #share: number | undefined;
  #isPaused = false;
  #problem: string | undefined = 'not registered yet';
  readonly #others: LiveOthers;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#shardCount = options.shardCount;
    this.#others = new LiveOthers(options.leases, options.self);
  }

  /** Keeps the share until the runner's signal. Does not hand over; that is `handOverAll`. */
  async keep(): Promise<void> {
    const { runner } = this.#options;
    while (!runner.signal.aborted) {
      try {
        await this.#tick();
        this.#problem = undefined;
      } catch (error) {
        if (!(error instanceof NatsError)) throw error;
        this.#problem = `cannot renew leases: ${describeError(error)}`;
        runner.log.warn(this.#problem);
      }
      await pause(TICK_MS, runner.signal);
    }
  }

  async #tick(): Promise<void> {
    const { leases, runner, bucket, about } = this.#options;
    await leases.register(about);
    for (const slot of await leases.renew()) {
      runner.log.warn({ slot: slotKey(slot) }, 'another bot has taken over this slot');
      await this.#drop(slot);
    }
    this.#shardCount = (await readShardCount(bucket)) ?? this.#shardCount;
    const census = await leases.census();
    await this.#others.look(census.instances);
    await this.#balance(census);
    slotsHeld.set(this.#sessions.size);
    slotsWanted.set(this.#share ?? 0);
  }

  async #drop(slot: Slot): Promise<void> {
    const session = this.#sessions.get(slotKey(slot));
    this.#sessions.delete(slotKey(slot));
    await session?.abandon();
  }

  async #balance({ instances, taken }: Census): Promise<void> {
    const { leases, replicas, self, runner, onBots } = this.#options;
    onBots(Math.max(1, instances.length));
    const share = fairShare({ shardCount: this.#shardCount, replicas, instances, self });
    this.#share = share;
    const existing = allSlots(this.#shardCount, replicas);
    const surplus = slotsToGiveUp(leases.held, existing, Math.max(0, leases.held.length - share));
    for (const slot of surplus) await this.#handOver(slot);
    const free = existing.filter((slot) => !taken.has(slotKey(slot)));
    for (const slot of wantedSlots(free, leases.held)) {
      if (leases.held.length >= share || runner.signal.aborted) break;
      if (await leases.take(slot)) await this.#open(slot);
    }
  }

  async #open(slot: Slot): Promise<void> {
    const { store, open, runner } = this.#options;
    const own = await store.read(slot);
    const record = own ?? { session: null, ...(await store.inherited()) };
    runner.log.info({ slot: slotKey(slot), resumes: record.session !== null }, 'took a slot');
    const session = open(slot, record);
    this.#sessions.set(slotKey(slot), session);
    if (!this.#isPaused) session.enter();
  }

  async #handOver(slot: Slot): Promise<void> {
    const { leases, runner } = this.#options;
    const session = this.#sessions.get(slotKey(slot));
    this.#sessions.delete(slotKey(slot));
    if (session !== undefined) {
      await session.leave();
      const deadline = Date.now() + SETTLE_DEADLINE_MS;
      while (session.pending > 0 && Date.now() < deadline) await Bun.sleep(10);
      await session.handOver();
    }
    await leases.release(slot);
    runner.log.info({ slot: slotKey(slot) }, 'handed a slot over');
  }

  /** Hands every slot over and says that this instance leaves. @throws NatsError when that cannot be said. */
  async handOverAll(): Promise<void> {
    const { leases } = this.#options;
    await Promise.all([...this.#sessions.values()].map(({ slot }) => this.#handOver(slot)));
    await leases.deregister();
  }

  /** Leaves the gateway with all sessions, keeping the slots, until `enterAll`. */
  async leaveAll(): Promise<void> {
    this.#isPaused = true;
    await Promise.all([...this.#sessions.values()].map((session) => session.leave()));
  }

  /** Comes back to the gateway. */
  enterAll(): void {
    this.#isPaused = false;
    for (const session of this.#sessions.values()) session.enter();
  }

  /** Undefined when this instance holds its share and all of its sessions are ready, else what is missing. */
  async problem(): Promise<string | undefined> {
    if (this.#problem !== undefined) return this.#problem;
    if (this.#isPaused) return 'away from the gateway until NATS has taken what was read';
    // A dead bot counts until its lease has expired, and so may leave no share for the one that replaces it.
    if (this.#sessions.size === 0 && !this.#others.areAlive)
      return 'holds no slot yet, and has not seen that those who hold them are alive';
    const problems: string[] = [];
    if (this.#sessions.size !== this.#share)
      problems.push(`holds ${this.#sessions.size} slots of ${this.#share}`);
    for (const session of this.#sessions.values()) {
      const problem = session.problem();
      if (problem !== undefined) problems.push(`slot ${slotKey(session.slot)} is ${problem}`);
    }
    return problems.length === 0 ? undefined : problems.join(', ');
  }
}
