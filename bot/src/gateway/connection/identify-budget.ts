import type { Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { APIGatewaySessionStartLimit, RESTGetAPIGatewayBotResult } from 'discord.js';
import type { GatewayInformation } from './gateway-information';

/** How often the count is looked at while nothing may identify, at most and at least. */
const LOOK_AGAIN_CAP_MS = 60_000;
const LOOK_AGAIN_FLOOR_MS = 1_000;

/** Of a day's IDENTIFYs: the tenth that is not spent on a session that keeps failing, and the part that is never spent. */
const SHARE_KEPT_FROM_REPETITION = 10;
const SHARE_NEVER_SPENT = 20;

/**
 * How many of a day's IDENTIFYs must be left over. Discord resets the token of an app that has used all, so as many
 * stay as bots may send at the same time. A session that ends right after every IDENTIFY leaves a tenth, so that whoever
 * fixes the cause can still start the bot. Limits of less than 20 a day are not Discord's, and may be used up.
 */
export function identifiesToKeep(limit: APIGatewaySessionStartLimit, isRepeated: boolean): number {
  if (isRepeated) return Math.floor(limit.total / SHARE_KEPT_FROM_REPETITION);
  return Math.min(limit.max_concurrency, Math.floor(limit.total / SHARE_NEVER_SPENT));
}

/** Discord takes an IDENTIFY every so often for each of those that may be sent at once. */
const IDENTIFY_EVERY_MS = 5_000;

/** How many IDENTIFYs are left for certain, `ageMs` after Discord responded, if other bots have sent all they could since. */
export function certainlyLeft(limit: APIGatewaySessionStartLimit, ageMs: number): number {
  return limit.remaining - Math.ceil(ageMs / IDENTIFY_EVERY_MS) * limit.max_concurrency;
}

/**
 * The IDENTIFYs that Discord allows this token in a day, as all bots share them. RESUME costs none.
 * @see https://discord.com/developers/docs/events/gateway#session-start-limit-object
 */
export class IdentifyBudget {
  readonly #gateway: GatewayInformation;
  readonly #log: Log;
  #waiting = 0;
  #problem: string | undefined;

  constructor(gateway: GatewayInformation, log: Log) {
    this.#gateway = gateway;
    this.#log = log;
  }

  /** Undefined while sessions may be started, else how many are left and when there are more. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether an IDENTIFY may be spent now without asking Discord again. `isRepeated` is as with `available`. */
  isCertain(isRepeated: boolean): boolean {
    const { latest } = this.#gateway;
    if (latest === undefined) return false;
    const limit = latest.response.session_start_limit;
    return certainlyLeft(limit, Date.now() - latest.askedAtMs) > identifiesToKeep(limit, isRepeated);
  }

  /**
   * Resolves to Discord's information about its gateway when an IDENTIFY may be spent; `isRepeated`: those spent on this
   * session so far did not last. Asks Discord each time, and waits for the next day where too few are left.
   * @throws OperatorError as `GatewayInformation.ask`; the signal's reason when that is aborted.
   */
  async available(isRepeated: boolean, signal: AbortSignal): Promise<RESTGetAPIGatewayBotResult> {
    let isWaiting = false;
    try {
      for (;;) {
        const gateway = await this.#gateway.ask();
        signal.throwIfAborted();
        const limit = gateway.session_start_limit;
        if (limit.remaining > identifiesToKeep(limit, isRepeated)) return gateway;
        if (!isWaiting) this.#waiting += 1;
        isWaiting = true;
        this.#hold(limit);
        const untilResetMs = Math.max(LOOK_AGAIN_FLOOR_MS, limit.reset_after);
        await pause(Math.min(LOOK_AGAIN_CAP_MS, untilResetMs), signal);
      }
    } finally {
      if (isWaiting) this.#waiting -= 1;
      if (this.#waiting === 0) this.#release();
    }
  }

  #hold({ remaining, total, reset_after }: APIGatewaySessionStartLimit): void {
    const isNew = this.#problem === undefined;
    const resetAt = new Date(Date.now() + reset_after).toISOString();
    this.#problem = `${remaining} of the ${total} IDENTIFYs of the day are left: no session is started before ${resetAt}`;
    if (isNew) this.#log.error(`${this.#problem}; sessions that can be resumed are`);
  }

  #release(): void {
    if (this.#problem !== undefined) this.#log.info('sessions may be started again');
    this.#problem = undefined;
  }
}
