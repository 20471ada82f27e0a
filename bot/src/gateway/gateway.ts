import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { KV } from 'nats';
import { NatsError } from 'nats';
import { sessionsReady, slotsHeld, slotsWanted } from '../metrics';
import type { AliveLine } from './alive-line';
import { fairShare, slotsToGiveUp, wantedSlots } from './fair-share';
import type { LeaseSnapshot, LeaseTable } from './lease-table';
import { LiveOthers } from './live-others';
import { Peers } from './peers';
import { Reach } from './reach';
import type { SessionRecord, SessionStore } from './session-record';
import { readShardCount } from './shard-count';
import { allSlots, type Slot, slotKey } from './slot';
import type { SlotSession } from './slot-session';

/** How often leases are renewed and shares looked at, when nobody says that they have changed. */
const TICK_MS = 2_000;

/** How often another instance is asked whether it lives: how long members wait for an answer after a kill. */
const LOOK_MS = 150;

/** How long a lease outlives the last word of its holder, when nobody finds out before that the holder is gone. */
export const LEASE_TTL_MS = 10_000;

/** How long a hand-over waits for requests to reach the stream; what is left is told to the successor again. */
const SETTLE_DEADLINE_MS = 4_000;

/** What is used of the session of a slot. */
export type HeldSession = Pick<
  SlotSession,
  'slot' | 'connect' | 'disconnect' | 'handOver' | 'abandon' | 'problem' | 'isWaitingToIdentify' | 'pending'
>;

/** Runs them all to their ends. @throws what the first that failed has thrown. */
async function allToTheEnd(tasks: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(tasks)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

export interface GatewayOptions {
  runner: Runner;
  leases: LeaseTable;
  store: SessionStore;
  /** Where the agreed shard count is. */
  bucket: KV;
  self: string;
  /** How others are asked whether they live. Its callbacks are `look` and `reconnected`. */
  alive: AliveLine;
  /** Whether NATS can be asked at this moment. */
  isConnected(): boolean;
  /** Called with false when this bot stands back, and with true when it reaches the gateway again. */
  onReach(isInReach: boolean): void;
  /** What is said about this instance to who asks who holds what. */
  about: string;
  shardCount: number;
  replicas: number;
  open(slot: Slot, record: SessionRecord | undefined): HeldSession;
  /** Told at every look how many bots live, this one included. */
  onBots(count: number): void;
  /** How long the bucket keeps a lease that is not renewed, in milliseconds; LEASE_TTL_MS when left out. */
  leaseTtlMs?: number;
}

/**
 * This instance's part of the gateway on Discord: as many slots as are its fair share, each with a session.
 *
 * Every two seconds, and whenever another says that something has changed, it says that it lives, renews its leases, and
 * looks at who else lives. What exceeds its share it hands over (leaves the gateway resumably, writes the session down,
 * releases the lease); what it lacks it takes where a slot is free, and resumes. In between it asks another instance
 * whether it lives, and frees the slots of one that is gone (see Peers).
 *
 * While it is cut off from NATS its sessions stay, but others may take them: by RESUME, which ends them here. What was
 * read here and what is read there has the same ids, so two holders for a moment are harmless. It connects to the gateway
 * again only when it knows that the leases are still its own (`isSure`); else the two would take the session from each
 * other.
 *
 * When none of its sessions gets ready for half a minute, and another instance could do better, it hands all of them over
 * and stands back for a while, longer each time (see Reach), and leaves events to others.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #peers: Peers;
  readonly #reach = new Reach();
  readonly #sessions = new Map<string, HeldSession>();
  readonly #leaseTtlMs: number;
  #shardCount: number;
  #share: number | undefined;
  #isPaused = false;
  #problem: string | undefined = 'not registered yet';
  readonly #others: LiveOthers;
  #isRegistered = false;
  #isChanged = true;
  /** When the last renewal began that had no error; 0 while the connection was lost since. */
  #renewedAtMs = 0;
  /** Since when NATS is connected and renews no lease; undefined while it does, or is not connected. */
  #unrenewedSinceMs: number | undefined;
  /** Whether the sessions are disconnected because the leases must have expired. */
  #isExpired = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#shardCount = options.shardCount;
    this.#others = new LiveOthers(options.leases, options.self);
    this.#leaseTtlMs = options.leaseTtlMs ?? LEASE_TTL_MS;
    this.#peers = new Peers({ self: options.self, patienceMs: this.#leaseTtlMs });
  }

  /** Has leases looked at soon, because somebody says that they have changed. */
  look(): void {
    this.#isChanged = true;
  }

  /** NATS was lost and is back: whether the leases are still held has to be seen before anything else. */
  reconnected(): void {
    this.#peers.reconnected(Date.now());
    this.#renewedAtMs = 0;
    this.#unrenewedSinceMs = undefined;
    this.#reach.restarted();
    this.#isChanged = true;
  }

  /** Whether the leases are this instance's own as far as anybody can know. */
  get isSure(): boolean {
    return this.#options.isConnected() && Date.now() - this.#renewedAtMs < this.#leaseTtlMs;
  }

  /** Runs until the runner's signal. Does not hand over; that is `handOverAll`. */
  async run(): Promise<void> {
    const { runner, isConnected } = this.#options;
    for (let dueAtMs = 0; !runner.signal.aborted; ) {
      try {
        if (isConnected() && (this.#isChanged || Date.now() >= dueAtMs)) {
          this.#isChanged = false;
          dueAtMs = Date.now() + TICK_MS;
          await this.#tick();
          this.#problem = undefined;
        } else if (isConnected()) await this.#askPeers();
        else this.#problem = 'cannot renew leases: not connected to NATS';
      } catch (error) {
        if (!(error instanceof NatsError)) throw error;
        this.#problem = `cannot renew leases: ${describeError(error)}`;
        runner.log.warn(this.#problem);
      }
      if (!this.#isChanged) await pause(LOOK_MS, runner.signal);
    }
  }

  async #tick(): Promise<void> {
    const { leases, bucket, alive } = this.#options;
    // Frozen or cut off without noticing: the others may have been so as well.
    if (this.#renewedAtMs !== 0 && Date.now() - this.#renewedAtMs > this.#leaseTtlMs) this.reconnected();
    if (this.#reach.isStandingBack(Date.now())) return await this.#standBack();
    await this.#renew();
    if (!this.#isRegistered) alive.announceChange();
    this.#isRegistered = true;
    this.#shardCount = (await readShardCount(bucket)) ?? this.#shardCount;
    const snapshot = await leases.snapshot();
    await this.#others.look(snapshot.instances);
    this.#peers.registered(snapshot.instances);
    if (this.#isOutOfReach(snapshot.instances)) return await this.#beginStandingBack();
    await this.#balance(snapshot);
    slotsHeld.set(this.#sessions.size);
    slotsWanted.set(this.#share ?? 0);
  }

  /** Asks whether others live, and frees the slots of those that do not. */
  async #askPeers(): Promise<void> {
    const { leases, runner, alive } = this.#options;
    if (!this.#isRegistered) return;
    const lacksSlots = this.#sessions.size < (this.#share ?? 0);
    const gone: string[] = [];
    const ask = async (instance: string) => {
      const liveness = await alive.ask(instance);
      if (liveness === 'alive') this.#peers.responded(instance);
      else if (liveness === 'no-responders' && this.#peers.hasNoResponders(instance, Date.now()))
        gone.push(instance);
    };
    await Promise.all(this.#peers.whomToAsk(lacksSlots, Date.now()).map(ask));
    for (const instance of gone) {
      const slots = await leases.evict(instance);
      runner.log.warn({ instance, slots }, 'a bot is gone from NATS: its slots are free');
      alive.announceChange();
      this.#isChanged = true;
    }
  }

  /** Whether no session here gets ready, while another instance could try. */
  #isOutOfReach(instances: readonly string[]): boolean {
    const sessions = [...this.#sessions.values()];
    const ready = sessions.filter((session) => session.problem() === undefined).length;
    sessionsReady.set(ready);
    const isTrying =
      sessions.length > 0 && !this.#isPaused && sessions.every((session) => !session.isWaitingToIdentify);
    if (ready > 0 || (sessions.length === 0 && this.#share === 0)) this.#options.onReach(true);
    this.#reach.seen({ isReady: ready > 0, isTrying }, Date.now());
    return instances.length > 1 && this.#reach.isInVain(Date.now());
  }

  async #beginStandingBack(): Promise<void> {
    const { runner } = this.#options;
    const pauseMs = this.#reach.standBack(Date.now());
    runner.log.warn(
      `cannot reach the gateway: handing ${this.#sessions.size} slots over, and standing back for ${pauseMs / 1_000} s`,
    );
    this.#isRegistered = false;
    this.#share = 0;
    this.#options.onReach(false);
    await this.handOverAll();
    slotsHeld.set(0);
    slotsWanted.set(0);
    sessionsReady.set(0);
  }

  /** Waits, unless nobody else is there to read anything. */
  async #standBack(): Promise<void> {
    const { instances } = await this.#options.leases.snapshot();
    this.#renewedAtMs = Date.now();
    if (instances.length > 0) return;
    this.#reach.comeBack();
    this.#isChanged = true;
  }

  /** Says that this instance lives and renews its leases. @throws NatsError when that fails for any of them. */
  async #renew(): Promise<void> {
    const { leases, about } = this.#options;
    const beganMs = Date.now();
    try {
      await leases.register(about);
      await leases.renew();
    } catch (error) {
      await this.#dropLost();
      if (error instanceof NatsError) await this.#notRenewed(beganMs);
      throw error;
    }
    await this.#dropLost();
    this.#renewedAtMs = beganMs;
    this.#unrenewedSinceMs = undefined;
    if (!this.#isExpired) return;
    this.#isExpired = false;
    this.#connectSessions();
  }

  /**
   * While NATS is connected and takes no renewal, nobody knows whether it takes those of other bots. So what cannot be
   * renewed for as long as a lease lasts counts as lost: another may have begun a session of its own for the slot. Resumed
   * later, the session misses nothing.
   */
  async #notRenewed(beganMs: number): Promise<void> {
    const { isConnected, runner } = this.#options;
    if (!isConnected()) {
      this.#unrenewedSinceMs = undefined;
      return;
    }
    this.#unrenewedSinceMs ??= beganMs;
    const unrenewedMs = Date.now() - this.#unrenewedSinceMs;
    if (this.#isExpired || this.#sessions.size === 0 || unrenewedMs < this.#leaseTtlMs) return;
    this.#isExpired = true;
    runner.log.warn(
      `no lease renewed for ${unrenewedMs} ms: disconnecting from the gateway until the leases are renewed`,
    );
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()));
  }

  /** Ends the sessions of slots that are not held any more. */
  async #dropLost(): Promise<void> {
    const { leases, runner } = this.#options;
    const held = new Set(leases.held.map(slotKey));
    const lost = [...this.#sessions].filter(([key]) => !held.has(key));
    const drop = async ([key, session]: [string, HeldSession]) => {
      runner.log.warn({ slot: key }, 'another bot has taken over this slot');
      this.#sessions.delete(key);
      await session.abandon();
    };
    await Promise.all(lost.map(drop));
  }

  async #balance({ taken }: LeaseSnapshot): Promise<void> {
    const { leases, replicas, self, runner, alive, onBots } = this.#options;
    const instances = this.#peers.living(Date.now());
    onBots(Math.max(1, instances.length));
    const share = fairShare({ shardCount: this.#shardCount, replicas, instances, self });
    this.#share = share;
    const existing = allSlots(this.#shardCount, replicas);
    const surplus = slotsToGiveUp(leases.held, existing, Math.max(0, leases.held.length - share));
    await allToTheEnd(surplus.map((slot) => this.#handOver(slot)));
    if (surplus.length > 0) alive.announceChange();
    await this.#openHeld();
    const free = existing.filter((slot) => !taken.has(slotKey(slot)));
    for (const slot of wantedSlots(free, leases.held)) {
      if (leases.held.length >= share || runner.signal.aborted) break;
      if (await leases.take(slot)) await this.#openHeld();
    }
  }

  /** Opens a session for each held slot without one: it was just taken, or what its last holder left could not be read then. */
  async #openHeld(): Promise<void> {
    for (const slot of this.#options.leases.held)
      if (!this.#sessions.has(slotKey(slot))) await this.#open(slot);
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
    if (this.#mayConnect) session.connect();
  }

  get #mayConnect(): boolean {
    return !this.#isPaused && !this.#isExpired;
  }

  async #handOver(slot: Slot): Promise<void> {
    const { leases, runner } = this.#options;
    const session = this.#sessions.get(slotKey(slot));
    this.#sessions.delete(slotKey(slot));
    if (session !== undefined) {
      await session.disconnect();
      const deadline = Date.now() + SETTLE_DEADLINE_MS;
      while (session.pending > 0 && Date.now() < deadline) await Bun.sleep(10);
      await session.handOver();
    }
    await leases.release(slot);
    runner.log.info({ slot: slotKey(slot) }, 'handed a slot over');
  }

  /** Hands every slot over and says that this instance leaves. @throws NatsError when that cannot be said. */
  async handOverAll(): Promise<void> {
    const { leases, alive } = this.#options;
    await this.#dropLost();
    await allToTheEnd(leases.held.map((slot) => this.#handOver(slot)));
    await leases.deregister();
    alive.announceChange();
  }

  /** Leaves the gateway with all sessions, keeping the slots, until `connectAll`. */
  async disconnectAll(): Promise<void> {
    this.#isPaused = true;
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()));
  }

  /** Comes back to the gateway. */
  connectAll(): void {
    this.#isPaused = false;
    this.#connectSessions();
  }

  #connectSessions(): void {
    if (!this.#mayConnect) return;
    for (const session of this.#sessions.values()) session.connect();
  }

  /** Undefined when this instance holds its share and all of its sessions are ready, else what is missing. */
  async problem(): Promise<string | undefined> {
    // NATS may be away too, which is why; what members miss is the gateway.
    if (this.#isPaused) return 'away from the gateway until NATS has taken what was read';
    if (this.#problem !== undefined) return this.#problem;
    if (this.#reach.isStandingBack(Date.now()))
      return 'cannot reach the gateway, and stands back for another bot';
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
