import { describeError } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import type { Runner } from '@popple/shared/process/runner';
import { type APIUser, DefaultRestOptions, REST, Routes } from 'discord.js';
import { z } from 'zod';
import { mayStillSend } from './replies/deliver';
import { meaningOf } from './replies/discord-errors';

const REQUEST_TIMEOUT_MS = 15_000;

/**
 * Discord's REST API, version 10, at `apiUrl` (without its version). `onAnswer` is told the status and the
 * `X-RateLimit-Scope` of every answer, also of those that the library tries again.
 */
export function openRest(
  apiUrl: string,
  token: string,
  onAnswer: (status: number, scope: string | null) => void = () => undefined,
): REST {
  return new REST({
    version: '10',
    api: apiUrl,
    timeout: REQUEST_TIMEOUT_MS,
    // Our own delivery tries again for as long as an answer is worth saying; the library's few tries are only the first.
    retries: 1,
    makeRequest: async (url, init) => {
      mayStillSend();
      const response = await DefaultRestOptions.makeRequest(url, init);
      onAnswer(response.status, response.headers.get('x-ratelimit-scope'));
      return response;
    },
  }).setToken(token);
}

export interface Question<Result> {
  rest: REST;
  apiUrl: string;
  runner: Pick<Runner, 'log' | 'signal'>;
  route: `/${string}`;
  /** What the response must look like to be Discord's. */
  schema: z.ZodType<Result>;
  /** Whether Discord has responded at this address before, so that no refusal but of the token is final. */
  isKnownToRespond?: boolean;
}

/**
 * Asks Discord something the bot cannot go on without. Waits with growing pauses, up to 30 s, for as long as Discord
 * cannot be reached or responds 408, 429 or 5xx.
 * @throws OperatorError when Discord refuses the token, or when the address is not Discord's API; the signal's reason
 * when the process stops first.
 */
export async function askPatiently<Result>(question: Question<Result>): Promise<Result> {
  const { rest, apiUrl, runner, route, schema, isKnownToRespond = false } = question;
  const meaning = (error: unknown) => (error instanceof z.ZodError ? 'refused' : meaningOf(error));
  try {
    return await retryTransient(async () => schema.parse(await rest.get(route)), {
      pace: RETRY_PACES.discord,
      signal: runner.signal,
      isTransient: (error) => {
        const what = meaning(error);
        return what === 'later' || (isKnownToRespond && what !== 'unauthorized');
      },
      onRetry: (error, pauseMs) =>
        runner.log.warn(
          `cannot reach Discord at ${apiUrl}: ${describeError(error)}; trying again in ${pauseMs} ms`,
        ),
    });
  } catch (error) {
    if (error === runner.signal.reason) throw error;
    if (meaning(error) === 'unauthorized') {
      throw new OperatorError(
        'Discord refused DISCORD_TOKEN; copy it anew from https://discord.com/developers/applications (page Bot, Reset Token)',
        { cause: error },
      );
    }
    throw new OperatorError(`DISCORD_API_URL ${apiUrl} does not answer as Discord's API does`, {
      cause: error,
    });
  }
}

/**
 * Who the bot is, asked with the token, so that a wrong one is known before anything is started with it. Waits for as
 * long as Discord cannot be reached.
 * @throws OperatorError when Discord refuses the token or the address is not Discord's API.
 */
export async function whoAmI(rest: REST, apiUrl: string, runner: Runner): Promise<APIUser> {
  const schema = z.custom<APIUser>(
    (user) => z.object({ id: z.string(), username: z.string() }).safeParse(user).success,
  );
  return await askPatiently({ rest, apiUrl, runner, route: Routes.user(), schema });
}
