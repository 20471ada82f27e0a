import { servesAlive } from './instance';

/** How often in a row nobody must respond for an instance before it counts as gone. */
export const LOOKS_TO_BELIEVE = 3;

export interface PeersOptions {
  self: string;
  /** How long, in milliseconds, the others are waited for after NATS was away: the time that a lease lasts. */
  patienceMs: number;
}

/**
 * What this instance knows about the others, and whom it asks.
 *
 * Each instance asks one other, the next in the order of their ids, so that somebody watches everybody and the requests
 * grow with the instances; who lacks slots asks all, because one that is gone may hold them. An instance
 * for which nobody responds three times in a row is gone: a connection that breaks for a moment is back before.
 *
 * After NATS itself was away all of them are, each for as long as its next try to reconnect takes. So those known before
 * are *awaited*: until they respond, or a lease time has passed, they count as alive, and their slots are not taken.
 */
export class Peers {
  readonly #self: string;
  readonly #patienceMs: number;
  #registered: string[] = [];
  readonly #silent = new Map<string, number>();
  /** Who was there before NATS was away, and until when they count as alive. */
  readonly #returning = new Map<string, number>();
  /** Those of them who have not responded since. */
  readonly #awaited = new Set<string>();

  constructor({ self, patienceMs }: PeersOptions) {
    this.#self = self;
    this.#patienceMs = patienceMs;
  }

  /** Takes in which instances are registered. */
  registered(instances: readonly string[]): void {
    this.#registered = [...instances];
    for (const instance of instances) if (!this.#awaited.has(instance)) this.#returning.delete(instance);
    for (const instance of this.#silent.keys())
      if (!instances.includes(instance)) this.#silent.delete(instance);
  }

  /** This instance was cut off from NATS, and is back: all others may have been as well. */
  reconnected(nowMs: number): void {
    this.#silent.clear();
    for (const instance of this.#registered) {
      if (instance === this.#self) continue;
      this.#returning.set(instance, nowMs + this.#patienceMs);
      this.#awaited.add(instance);
    }
  }

  #forgetLapsed(nowMs: number): void {
    for (const [instance, untilMs] of this.#returning) {
      if (nowMs < untilMs) continue;
      this.#returning.delete(instance);
      this.#awaited.delete(instance);
    }
  }

  /** The instances that count as alive, oldest first: those registered, and those awaited. */
  alive(nowMs: number): string[] {
    this.#forgetLapsed(nowMs);
    return [...new Set([...this.#registered, ...this.#returning.keys()])].sort();
  }

  /** Whom to ask now: the next in order and the awaited, or everybody if this instance lacks slots. */
  whomToAsk(lacksSlots: boolean, nowMs: number): string[] {
    this.#forgetLapsed(nowMs);
    const others = [...new Set([...this.#registered, ...this.#awaited])]
      .filter((instance) => instance !== this.#self && servesAlive(instance))
      .sort();
    if (lacksSlots) return others;
    const next = others.find((instance) => instance > this.#self) ?? others[0];
    return others.filter((instance) => instance === next || this.#awaited.has(instance));
  }

  /** An instance has responded. */
  responded(instance: string): void {
    this.#silent.delete(instance);
    this.#awaited.delete(instance);
  }

  /** Nobody has responded for an instance. True when it counts as gone; it is then forgotten. */
  hasNoResponders(instance: string, nowMs: number): boolean {
    this.#forgetLapsed(nowMs);
    if (this.#awaited.has(instance)) return false;
    const looks = (this.#silent.get(instance) ?? 0) + 1;
    this.#silent.set(instance, looks);
    if (looks < LOOKS_TO_BELIEVE) return false;
    this.#silent.delete(instance);
    this.#returning.delete(instance);
    this.#registered = this.#registered.filter((known) => known !== instance);
    return true;
  }
}
