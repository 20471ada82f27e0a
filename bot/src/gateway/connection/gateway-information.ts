import type { Runner } from '@popple/shared/process/runner';
import { type REST, type RESTGetAPIGatewayBotResult, Routes } from 'discord.js';
import { z } from 'zod';
import { askPatiently } from '../../discord-api';
import { identifiesLeft } from '../../metrics';

const count = z.int().min(0);

const schema: z.ZodType<RESTGetAPIGatewayBotResult> = z.object({
  url: z.string().min(1),
  shards: count,
  session_start_limit: z.object({
    total: count,
    remaining: count,
    reset_after: count,
    max_concurrency: count,
  }),
});

export interface GatewayInformationOptions {
  rest: REST;
  apiUrl: string;
  runner: Pick<Runner, 'log' | 'signal'>;
}

/**
 * Discord's information about this token's gateway: where it is, how many shards it recommends, and how many sessions may
 * still be started today. Shared by all sessions of this process, which ask at the same time after an outage.
 * @see https://discord.com/developers/docs/events/gateway#get-gateway-bot
 */
export class GatewayInformation {
  readonly #options: GatewayInformationOptions;
  #asking: Promise<RESTGetAPIGatewayBotResult> | undefined;
  #latest: { response: RESTGetAPIGatewayBotResult; askedAtMs: number } | undefined;

  constructor(options: GatewayInformationOptions) {
    this.#options = options;
  }

  /** The last response, and when it was asked for, in milliseconds since the Unix epoch; undefined before the first. */
  get latest(): { response: RESTGetAPIGatewayBotResult; askedAtMs: number } | undefined {
    return this.#latest;
  }

  /**
   * Asks Discord now, once for all who ask at the same time, and waits for as long as it cannot be reached.
   * @throws OperatorError when Discord refuses the token or the address is not Discord's API; the signal's reason when
   * the process stops first.
   */
  ask(): Promise<RESTGetAPIGatewayBotResult> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<RESTGetAPIGatewayBotResult> {
    const isKnownToRespond = this.#latest !== undefined;
    const askedAtMs = Date.now();
    const response = await askPatiently({
      ...this.#options,
      route: Routes.gatewayBot(),
      schema,
      isKnownToRespond,
    });
    this.#latest = { response, askedAtMs };
    identifiesLeft.set(response.session_start_limit.remaining);
    return response;
  }
}
