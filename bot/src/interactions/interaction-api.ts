import { describeError } from '@popple/shared/observability/log';
import {
  type APIInteractionResponse,
  DefaultRestOptions,
  DiscordAPIError,
  HTTPError,
  MessageFlags,
  REST,
  RESTJSONErrorCodes,
  Routes,
} from 'discord.js';
import { z } from 'zod';
import type { Components } from '../commands/command';

const REQUEST_TIMEOUT_MS = 5_000;
/** Sweeps the library's queues of tokens that nobody uses any more. */
const SWEEP_EVERY_MS = 60_000;
/** Requests that are made with the token of an interaction do not count against the limit of the bot's. */
const UNLIMITED_PER_SECOND = 1_000_000;

/** Who an interaction is to Discord. */
export interface InteractionKey {
  id: string;
  applicationId: string;
  token: string;
}

/** What became of a request. `later`: Discord or the way to it is not well. `refused`: Discord does not accept it. */
type Failure = { outcome: 'later'; detail: string } | { outcome: 'refused'; detail: string };

/**
 * How Discord took a callback.
 * - `answered-before`: another process responded to this interaction, or this one did and did not learn of it.
 * - `unknown`: it is too late, or there is no such interaction.
 */
export type CallbackResult =
  | { outcome: 'acknowledged' }
  | { outcome: 'answered-before' }
  | { outcome: 'unknown' }
  | Failure;

/**
 * What the first response to an interaction is now. `deferred`: announced, and not written yet. `unknown`: there is none, or
 * the token has expired.
 */
export type OriginalResult =
  | { outcome: 'deferred' }
  | { outcome: 'written' }
  | { outcome: 'unknown' }
  | Failure;

/** `gone`: the response was deleted, or the token has expired. */
export type EditResult = { outcome: 'edited' } | { outcome: 'gone' } | Failure;

const originalSchema = z.object({ flags: z.int().default(0) });

/** What the codes mean on these routes; on others some of them would end the process. */
const GONE: ReadonlySet<number | string> = new Set([
  RESTJSONErrorCodes.InvalidWebhookToken,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.UnknownMessage,
]);

/**
 * What an error of discord.js's REST means on the routes of an interaction. It is not passed on: it carries the address, and
 * with it the token.
 */
function readFailure(error: unknown): Failure | 'gone' | 'answered-before' {
  const detail = describeError(error);
  if (error instanceof DiscordAPIError) {
    if (error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return 'answered-before';
    if (GONE.has(error.code)) return 'gone';
  }
  if (error instanceof DiscordAPIError || error instanceof HTTPError) {
    if (error.status === 401 || error.status === 404) return 'gone';
    const isFinal = error.status < 500 && error.status !== 408 && error.status !== 429;
    return { outcome: isFinal ? 'refused' : 'later', detail };
  }
  return { outcome: 'later', detail };
}

/**
 * Discord's API for interactions. It has a REST object of its own: these requests carry no token of the bot's, do not count
 * against its limit, and a 401 here is the end of an interaction, where the library drops the bot's token on one of its own
 * requests. Nothing is tried again here. Errors are results, because those of the library carry the token of the
 * interaction.
 */
export class InteractionApi {
  readonly #rest: REST;

  /** `apiUrl` is without its version. `onResponse` receives the status and the `X-RateLimit-Scope` of every response. */
  constructor(apiUrl: string, onResponse: (status: number, scope: string | null) => void = () => undefined) {
    this.#rest = new REST({
      version: '10',
      api: apiUrl,
      timeout: REQUEST_TIMEOUT_MS,
      retries: 0,
      rejectOnRateLimit: () => true,
      globalRequestsPerSecond: UNLIMITED_PER_SECOND,
      handlerSweepInterval: SWEEP_EVERY_MS,
      makeRequest: async (url, init) => {
        const response = await DefaultRestOptions.makeRequest(url, init);
        onResponse(response.status, response.headers.get('x-ratelimit-scope'));
        return response;
      },
    });
  }

  /** Responds to an interaction for the first time, within `timeoutMs` or not at all as far as is known. Never rejects. */
  async callback(
    { id, token }: InteractionKey,
    body: APIInteractionResponse,
    timeoutMs: number,
  ): Promise<CallbackResult> {
    try {
      const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
      await this.#rest.post(Routes.interactionCallback(id, token), { body, auth: false, signal });
      return { outcome: 'acknowledged' };
    } catch (error) {
      const failure = readFailure(error);
      if (failure === 'gone') return { outcome: 'unknown' };
      return failure === 'answered-before' ? { outcome: failure } : failure;
    }
  }

  /** Looks at the first response. Never rejects. */
  async original({ applicationId, token }: Omit<InteractionKey, 'id'>): Promise<OriginalResult> {
    try {
      const message = await this.#rest.get(Routes.webhookMessage(applicationId, token), { auth: false });
      const { flags } = originalSchema.parse(message);
      return { outcome: (flags & MessageFlags.Loading) === 0 ? 'written' : 'deferred' };
    } catch (error) {
      if (error instanceof z.ZodError) return { outcome: 'refused', detail: 'this is no message' };
      const failure = readFailure(error);
      return failure === 'gone' || failure === 'answered-before' ? { outcome: 'unknown' } : failure;
    }
  }

  /** Writes the first response; repeated, it changes nothing. It pings nobody. Never rejects. */
  async editOriginal(
    { applicationId, token }: Omit<InteractionKey, 'id'>,
    { content, components }: { content: string; components?: readonly Components[] | undefined },
  ): Promise<EditResult> {
    const body = {
      content,
      ...(components === undefined ? {} : { components }),
      allowed_mentions: { parse: [] },
      flags: MessageFlags.SuppressEmbeds,
    };
    try {
      await this.#rest.patch(Routes.webhookMessage(applicationId, token), { body, auth: false });
      return { outcome: 'edited' };
    } catch (error) {
      const failure = readFailure(error);
      return failure === 'gone' || failure === 'answered-before' ? { outcome: 'gone' } : failure;
    }
  }
}
