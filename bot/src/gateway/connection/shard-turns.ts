import type { IIdentifyThrottler } from '@discordjs/ws';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { APIGatewayBotInfo } from 'discord.js';
import { type Slot, slotKey } from '../leases/slot';
import { ConnectionPace } from './connection-pace';
import type { IdentifyBudget } from './identify-budget';

/** A permit to identify is good for this long, with some of its 6.5 s left for the way of the packet. */
const PERMIT_USE_MS = 1_000;

const VALID_LOOK_MS = 50;

/** What @discordjs/ws waits for here never comes, and is collected with the shard that waits. */
export const never = <Result>() => new Promise<Result>(() => undefined);

export interface ShardTurnsOptions {
  runner: Runner;
  slot: Slot;
  throttler: IIdentifyThrottler;
  budget: IdentifyBudget;
  /** Whether the lease of the slot is this bot's own as far as it can know; no connection is begun while it is not. */
  isLeaseValid?: (() => boolean) | undefined;
}

/** What a connection is begun with. */
export interface Beginning {
  /** How the connection before ended, for people; undefined for the first. */
  ending: string | undefined;
  /** Whether there is a session to resume at this moment. */
  hasSession(): boolean;
}

/**
 * When one shard may connect, and when it may identify: after a pause that grows with its failures, while the lease is valid,
 * and when all bots together have an IDENTIFY to spend.
 */
export class ShardTurns {
  readonly #options: ShardTurnsOptions;
  readonly #pace = new ConnectionPace();
  #waiting: string | undefined;

  constructor(options: ShardTurnsOptions) {
    this.#options = options;
  }

  /** Why the shard does not connect yet, for people; undefined when it waits for nothing. */
  get waiting(): string | undefined {
    return this.#waiting;
  }

  /** READY or RESUMED was received. */
  ready(): void {
    this.#pace.ready(Date.now());
  }

  /** The shard is disconnected on purpose, and waits for nothing. */
  disconnected(): void {
    this.#waiting = undefined;
  }

  /**
   * Resolves when the shard may connect, to Discord's information about its gateway where that had to be asked for. What fails
   * here ends the process, for the library would only connect again.
   */
  async toConnect(beginning: Beginning, signal: AbortSignal): Promise<APIGatewayBotInfo | undefined> {
    const { runner, budget } = this.#options;
    try {
      if (beginning.ending !== undefined)
        await this.#pauseAfter(beginning.ending, beginning.hasSession(), signal);
      await this.#untilValid(signal);
      if (signal.aborted || beginning.hasSession()) return undefined;
      return await budget.available(this.#pace.isWasteful, signal);
    } catch (error) {
      if (signal.aborted || runner.signal.aborted) return await never();
      runner.fail(error);
      return await never();
    }
  }

  async #pauseAfter(how: string, hasSession: boolean, signal: AbortSignal): Promise<void> {
    const { runner, slot } = this.#options;
    const nowMs = Date.now();
    this.#pace.ended(nowMs);
    const pauseMs = this.#pace.pauseMs(!hasSession);
    const when = pauseMs === 0 ? 'connecting again' : `connecting again in ${pauseMs} ms`;
    runner.log.warn({ slot: slotKey(slot) }, `gateway connection lost (${how}); ${when}`);
    if (pauseMs === 0) return;
    this.#waiting = `lost: ${how}; connects again at ${new Date(nowMs + pauseMs).toISOString()}`;
    await pause(pauseMs, signal);
    this.#waiting = undefined;
  }

  /**
   * While it is unknown whose the slot is, another bot may have resumed the session, which is why the connection
   * ended. Connecting again would take it from that bot, which would take it back, again and again.
   */
  async #untilValid(signal: AbortSignal): Promise<void> {
    const { isLeaseValid = () => true } = this.#options;
    if (isLeaseValid()) return;
    this.#waiting = 'it is unknown whether the lease is still its own';
    while (!isLeaseValid() && !signal.aborted) await pause(VALID_LOOK_MS, signal);
    this.#waiting = undefined;
  }

  /**
   * Resolves when the shard may identify. The library identifies however this ends, so it does not end where the shard must
   * not. @throws the reason of `closed`, which is aborted when the connection is closed meanwhile.
   */
  async toIdentify(closed: AbortSignal, disconnected: AbortSignal): Promise<void> {
    const { runner, slot, throttler, budget } = this.#options;
    const signal = AbortSignal.any([closed, disconnected]);
    try {
      for (let isAllowed = false; !isAllowed; ) {
        // The permit comes first: while many shards wait for theirs, the day's IDENTIFYs go down.
        await throttler.waitForIdentify(slot.shard, signal);
        isAllowed = budget.isCertain(this.#pace.isWasteful);
        if (isAllowed) break;
        const askedAtMs = Date.now();
        await budget.available(this.#pace.isWasteful, signal);
        isAllowed = Date.now() - askedAtMs < PERMIT_USE_MS;
      }
      this.#pace.identified();
    } catch (error) {
      if (closed.aborted && !disconnected.aborted) throw error;
      if (!signal.aborted && !runner.signal.aborted) runner.fail(error);
      await never();
    }
  }
}
