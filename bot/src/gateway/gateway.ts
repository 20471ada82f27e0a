import { describeError } from '@popple/shared/observability/log';
import { allToTheEnd } from '@popple/shared/process/all-to-the-end';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { KV } from 'nats';
import { NatsError } from 'nats';
import { sessionsReady, slotsHeld, slotsWanted } from '../metrics';
import type { AliveLine } from './leases/alive-line';
import { fairShare, slotsToGiveUp, wantedSlots } from './leases/fair-share';
import type { LeaseSnapshot, LeaseTable } from './leases/lease-table';
import type { LeaseValidity } from './leases/lease-validity';
import { LiveOthers } from './leases/live-others';
import { Peers } from './leases/peers';
import { readShardCount } from './leases/shard-count';
import { allSlots, type Slot, slotKey } from './leases/slot';
import { Reach } from './reach';
import type { HeldSessions } from './sessions/held-sessions';

/** How often leases are renewed and shares computed, when no bot announces a change. */
const TICK_MS = 2_000;

/** How often another bot is asked whether it is alive: how long members wait for a reply after a kill. */
const LOOK_MS = 150;

export interface GatewayOptions {
  runner: Pick<Runner, 'log' | 'signal'>;
  leases: LeaseTable;
  validity: LeaseValidity;
  sessions: HeldSessions;
  /** Where the agreed shard count is. */
  bucket: KV;
  /** The id of this bot. */
  self: string;
  /** How others are asked whether they are alive. */
  alive: AliveLine;
  /** Whether NATS can be asked at this moment. */
  isConnected(): boolean;
  /** Called with false when this bot stands back, and with true when it reaches the gateway again. */
  onReach(isInReach: boolean): void;
  /** This bot in words, for operators. */
  about: string;
  shardCount: number;
  replicas: number;
  /** Called at every look with the number of bots that are alive, this one included. */
  onBots(count: number): void;
}

/**
 * This bot's part of the gateway: as many slots as are its fair share, each with a session.
 *
 * Every two seconds, and whenever another bot announces a change, it registers, renews its leases, and looks at which bots
 * and leases there are. What exceeds its share it hands over (disconnects, stores the session, releases the lease); what it
 * lacks it takes where a slot is free, and resumes. In between it asks another bot whether it is alive, and frees the slots
 * of one that is gone (see Peers).
 *
 * The leases that are held are the one truth. After each renewal, also one that fails in part, the session of a slot that
 * is not held any more is ended, and a held slot without a session gets one. While NATS is connected and renews nothing for
 * as long as a lease lasts, all sessions are disconnected: another bot may have begun a session for the slot. Without a
 * connection to NATS they stay: NATS may be away for all bots, and then nobody takes them. If another bot does take one, it
 * is mostly by RESUME, which ends the session here; until then both receive the same messages, whose requests have the same
 * ids, so that two holders for a while are harmless. A session connects only while the leases are valid (see
 * LeaseValidity); else the two would take the session from each other.
 *
 * When none of its sessions gets ready for half a minute, and another bot could do better, it hands all of them over and
 * stands back for a while, longer each time (see Reach), and leaves events to others.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #peers: Peers;
  readonly #others: LiveOthers;
  readonly #reach = new Reach();
  #shardCount: number;
  #share: number | undefined;
  #problem: string | undefined = 'not registered yet';
  #isRegistered = false;
  #isChanged = true;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#shardCount = options.shardCount;
    this.#others = new LiveOthers(options.leases, options.self);
    this.#peers = new Peers({ self: options.self, patienceMs: options.validity.ttlMs });
    options.alive.follow({
      onChanged: () => {
        this.#isChanged = true;
      },
      onReconnected: () => this.#reconnected(),
    });
  }

  /** NATS was lost and is back: whether the leases are still held has to be seen before anything else. */
  #reconnected(): void {
    this.#options.validity.reconnected();
    this.#mayHaveBeenAway();
    this.#isChanged = true;
  }

  /** The other bots may have been cut off as well, and sessions waited. */
  #mayHaveBeenAway(): void {
    this.#peers.reconnected(Date.now());
    this.#reach.restarted();
  }

  /** Holds the share until the runner's signal. Does not hand over; that is `handOverAll`. */
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
    const { leases, validity, bucket, alive, sessions } = this.#options;
    if (validity.hasLapsed) {
      // Frozen, or cut off without noticing.
      validity.lapsed();
      this.#mayHaveBeenAway();
    }
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
    slotsHeld.set(sessions.size);
    slotsWanted.set(this.#share ?? 0);
  }

  /** Registers and renews the leases. @throws NatsError when that fails for any of them. */
  async #renew(): Promise<void> {
    const { leases, validity, sessions, about, runner } = this.#options;
    const beganMs = Date.now();
    try {
      await leases.register(about);
      await leases.renew();
      validity.renewed(beganMs);
    } catch (error) {
      validity.failed(beganMs);
      throw error;
    } finally {
      await sessions.dropAllBut(leases.held);
      if (validity.isUnrenewed && !sessions.areDisconnected('no lease is renewed')) {
        runner.log.warn(
          `no lease renewed for ${validity.ttlMs / 1_000} s: disconnecting from the gateway until they are renewed`,
        );
        await sessions.disconnect('no lease is renewed');
      }
    }
    sessions.connect('no lease is renewed');
  }

  /** Asks whether others are alive, and frees the slots of those that are not. */
  async #askPeers(): Promise<void> {
    const { leases, runner, alive, sessions } = this.#options;
    if (!this.#isRegistered) return;
    const lacksSlots = sessions.size < (this.#share ?? 0);
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

  /** Whether no session here gets ready, while another bot could try. */
  #isOutOfReach(instances: readonly string[]): boolean {
    const { sessions, onReach } = this.#options;
    const { ready } = sessions;
    sessionsReady.set(ready);
    if (ready > 0 || (sessions.size === 0 && this.#share === 0)) onReach(true);
    this.#reach.seen({ isReady: ready > 0, isTrying: sessions.areTrying }, Date.now());
    return instances.length > 1 && this.#reach.isInVain(Date.now());
  }

  async #beginStandingBack(): Promise<void> {
    const { runner, sessions, onReach } = this.#options;
    const pauseMs = this.#reach.standBack(Date.now());
    runner.log.warn(
      `cannot reach the gateway: handing ${sessions.size} slots over, and standing back for ${pauseMs / 1_000} s`,
    );
    this.#isRegistered = false;
    this.#share = 0;
    onReach(false);
    await this.handOverAll();
    slotsHeld.set(0);
    slotsWanted.set(0);
    sessionsReady.set(0);
  }

  /** Waits, unless there is no other bot to read anything. */
  async #standBack(): Promise<void> {
    const { leases, validity } = this.#options;
    const beganMs = Date.now();
    const { instances } = await leases.snapshot();
    validity.renewed(beganMs);
    if (instances.length > 0) return;
    this.#reach.comeBack();
    this.#isChanged = true;
  }

  async #balance({ taken }: LeaseSnapshot): Promise<void> {
    const { leases, replicas, self, runner, alive, onBots, sessions } = this.#options;
    const instances = this.#peers.alive(Date.now());
    onBots(Math.max(1, instances.length));
    const share = fairShare({ shardCount: this.#shardCount, replicas, instances, self });
    this.#share = share;
    const existing = allSlots(this.#shardCount, replicas);
    const surplus = slotsToGiveUp(leases.held, existing, Math.max(0, leases.held.length - share));
    await allToTheEnd(surplus.map((slot) => this.#handOver(slot)));
    if (surplus.length > 0) alive.announceChange();
    await sessions.openMissing(leases.held);
    const free = existing.filter((slot) => !taken.has(slotKey(slot)));
    for (const slot of wantedSlots(free, leases.held)) {
      if (leases.held.length >= share || runner.signal.aborted) break;
      if (await leases.take(slot)) await sessions.openMissing(leases.held);
    }
  }

  async #handOver(slot: Slot): Promise<void> {
    const { leases, runner, sessions } = this.#options;
    await sessions.handOver(slot);
    await leases.release(slot);
    runner.log.info({ slot: slotKey(slot) }, 'handed a slot over');
  }

  /** Hands every slot over and deregisters this bot. @throws NatsError when that fails. */
  async handOverAll(): Promise<void> {
    const { leases, alive, sessions } = this.#options;
    await sessions.dropAllBut(leases.held);
    await allToTheEnd(leases.held.map((slot) => this.#handOver(slot)));
    await leases.deregister();
    alive.announceChange();
  }

  /** Disconnects all sessions, whose slots stay held, until `connectAll`. */
  async disconnectAll(): Promise<void> {
    await this.#options.sessions.disconnect('the outbox is full');
  }

  /** Connects all sessions again. */
  connectAll(): void {
    this.#options.sessions.connect('the outbox is full');
  }

  /** Undefined when this bot holds its share and all of its sessions are ready, else what is missing. */
  async problem(): Promise<string | undefined> {
    const { sessions } = this.#options;
    // NATS may be away too, which is why; what members miss is the gateway.
    if (sessions.areDisconnected('the outbox is full'))
      return 'away from the gateway until NATS has taken what was read';
    if (this.#problem !== undefined) return this.#problem;
    if (this.#reach.isStandingBack(Date.now()))
      return 'cannot reach the gateway, and stands back for another bot';
    // A dead bot counts until its lease has expired, and so may leave no share for the one that replaces it.
    if (sessions.size === 0 && !this.#others.areAlive)
      return 'holds no slot yet, and has not seen that those who hold them are alive';
    const problems = sessions.problems();
    if (sessions.size !== this.#share) problems.unshift(`holds ${sessions.size} slots of ${this.#share}`);
    return problems.length === 0 ? undefined : problems.join(', ');
  }
}
