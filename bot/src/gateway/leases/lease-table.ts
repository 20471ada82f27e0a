import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import { allToTheEnd } from '@popple/shared/process/all-to-the-end';
import { parseSlotKey, type Slot, slotKey } from './slot';

/** Which bots are alive and which slots are taken, at one look at the bucket. */
export interface LeaseSnapshot {
  /** Ids of the bots that are alive, oldest first. */
  instances: string[];
  /** Keys of the slots that are held. */
  taken: Set<string>;
}

interface Holding {
  slot: Slot;
  revision: number;
}

/**
 * Leases on slots, in a KV bucket whose entries expire: taken by compare-and-set, kept by writing them again, lost when
 * they expire, or removed by another bot that has found the holder gone. The server's clock alone decides what has
 * expired.
 *
 * Leases spread the work and keep a session with one holder; they are not what makes a message count once. Two holders of
 * a slot for a moment are two readers of the same chat, whose requests have the same ids.
 */
export class LeaseTable {
  readonly #bucket: Bucket;
  readonly #self: string;
  readonly #held = new Map<string, Holding>();

  /** `self` sorts by when the instance began, so that all agree on who is oldest. */
  constructor(bucket: Bucket, self: string) {
    this.#bucket = bucket;
    this.#self = self;
  }

  /** The slots held, in the order in which they were taken. */
  get held(): Slot[] {
    return [...this.#held.values()].map(({ slot }) => slot);
  }

  /** Registers this bot as alive, until the entry expires. @throws NatsError when the bucket cannot be written. */
  async register(about: string): Promise<void> {
    await this.#bucket.put(`bot.${this.#self}`, about);
  }

  /**
   * How often each of these instances has registered, as a number that only grows; without those that are gone.
   * @throws NatsError when the bucket cannot be asked.
   */
  async registrations(instances: readonly string[]): Promise<Map<string, number>> {
    const found = await Promise.all(instances.map((instance) => this.#bucket.get(`bot.${instance}`)));
    const revisions = new Map<string, number>();
    for (const [index, entry] of found.entries()) {
      const instance = instances[index];
      if (instance !== undefined && entry?.operation === 'PUT') revisions.set(instance, entry.revision);
    }
    return revisions;
  }

  /** Which bots are alive and which slots are taken now. @throws NatsError when the bucket cannot be asked. */
  async snapshot(): Promise<LeaseSnapshot> {
    const instances: string[] = [];
    const taken = new Set<string>();
    for (const { key } of await this.#bucket.entries('>')) {
      if (key.startsWith('bot.')) instances.push(key.slice('bot.'.length));
      else if (key.startsWith('slot.')) taken.add(key.slice('slot.'.length));
    }
    return { instances: instances.sort(), taken };
  }

  /** Tries to take a slot; false when another bot has it. @throws NatsError when the bucket cannot be asked. */
  async take(slot: Slot): Promise<boolean> {
    try {
      const revision = await this.#bucket.create(`slot.${slotKey(slot)}`, this.#self);
      this.#held.set(slotKey(slot), { slot, revision });
      return true;
    } catch (error) {
      if (isJetStreamError(error, 'wrongLastSequence')) return false;
      throw error;
    }
  }

  /**
   * Renews every lease, all at the same time; resolves to the slots that were lost to other bots. Those are not among
   * `held` afterwards, also when another renewal fails. A lease that expired unseen and that is still free is taken
   * again.
   * @throws NatsError when the bucket cannot be asked; what is not renewed then is held until it is known to be lost.
   */
  async renew(): Promise<Slot[]> {
    const before = this.held;
    await allToTheEnd([...this.#held.values()].map((holding) => this.#renewOne(holding)));
    return before.filter((slot) => !this.#held.has(slotKey(slot)));
  }

  async #renewOne(holding: Holding): Promise<void> {
    const key = slotKey(holding.slot);
    try {
      holding.revision = await this.#bucket.update(`slot.${key}`, this.#self, holding.revision);
    } catch (error) {
      if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
      if (!(await this.#isStillOurs(holding))) this.#held.delete(key);
    }
  }

  /** After a conflict: our own write may have gone through without its receipt, or the lease may have just expired. */
  async #isStillOurs(holding: Holding): Promise<boolean> {
    const entry = await this.#bucket.get(`slot.${slotKey(holding.slot)}`);
    if (entry?.operation !== 'PUT' || entry.string() !== this.#self) return await this.take(holding.slot);
    holding.revision = entry.revision;
    return true;
  }

  /** Releases a slot, so that another bot can take it immediately. @throws NatsError when that fails; it then expires. */
  async release(slot: Slot): Promise<void> {
    const holding = this.#held.get(slotKey(slot));
    if (holding === undefined) return;
    this.#held.delete(slotKey(slot));
    await this.#removeLease(slot, holding.revision);
  }

  /**
   * Frees the slots of an instance that is gone, and deregisters it; resolves to how many slots that were. Each lease is
   * removed only if it is still the one that names this instance: what another bot has taken meanwhile stays its own, and an
   * instance that is alive after all finds its lease removed at its next renewal, and takes it again where it is still free.
   * @throws NatsError when the bucket cannot be asked; what is left then expires.
   */
  async evict(instance: string): Promise<number> {
    let count = 0;
    for (const { slot, holder, revision } of await this.#leases()) {
      if (holder === instance && (await this.#removeLease(slot, revision))) count += 1;
    }
    await this.#bucket.delete(`bot.${instance}`);
    return count;
  }

  /** False when the lease has changed since. */
  async #removeLease(slot: Slot, revision: number): Promise<boolean> {
    try {
      await this.#bucket.delete(`slot.${slotKey(slot)}`, { previousSeq: revision });
      return true;
    } catch (error) {
      if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
      return false;
    }
  }

  /** Deregisters this bot, so that others need not wait for its entry to expire. @throws NatsError. */
  async deregister(): Promise<void> {
    await this.#bucket.delete(`bot.${this.#self}`);
  }

  /** Every slot that is taken, and its holder, for operators. @throws NatsError when the bucket cannot be asked. */
  async list(): Promise<{ slot: Slot; holder: string }[]> {
    return await this.#leases();
  }

  async #leases(): Promise<{ slot: Slot; holder: string; revision: number }[]> {
    const holders: { slot: Slot; holder: string; revision: number }[] = [];
    for (const { key, value, revision } of await this.#bucket.entries('slot.>')) {
      const slot = parseSlotKey(key.slice('slot.'.length));
      if (slot) holders.push({ slot, holder: value, revision });
    }
    return holders;
  }
}
