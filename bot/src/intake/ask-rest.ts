import { describeError, type Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import type { REST } from 'discord.js';
import { z } from 'zod';
import { meaningOf } from '../replies/discord-errors';

/** How Discord is asked. */
export interface RestAsking {
  rest: Pick<REST, 'get'>;
  log: Log;
  /** Aborted when the process is stopping. */
  signal: AbortSignal;
  /** How often one thing is asked for; indefinitely when left out. */
  maxAttempts?: number;
}

/**
 * What Discord responds to a GET, by which it is known `what` (a phrase, for the log). Waits with growing pauses, up to 30 s,
 * for as long as Discord cannot be asked, or so many times. Undefined where the response is final and not what was asked for,
 * which is logged.
 * @throws OperatorError when Discord no longer accepts the token; the signal's reason when the process stops first; what the
 * last of `maxAttempts` met.
 */
export async function askRest<Response>(
  { rest, log, signal, maxAttempts = Number.POSITIVE_INFINITY }: RestAsking,
  what: string,
  route: `/${string}`,
  schema: z.ZodType<Response>,
): Promise<Response | undefined> {
  const meaning = (error: unknown) => (error instanceof z.ZodError ? 'refused' : meaningOf(error));
  try {
    return await retryTransient(async () => schema.parse(await rest.get(route)), {
      pace: RETRY_PACES.discord,
      signal,
      maxAttempts,
      isTransient: (error) => meaning(error) === 'later',
      onRetry: (error, pauseMs) =>
        log.warn(`cannot ask Discord ${what}: ${describeError(error)}; trying again in ${pauseMs} ms`),
    });
  } catch (error) {
    if (error === signal.reason) throw error;
    if (meaning(error) === 'later') throw error;
    if (meaning(error) === 'unauthorized') {
      throw new OperatorError('Discord does not accept DISCORD_TOKEN any more; give the bot a valid one', {
        cause: error,
      });
    }
    log.warn(`cannot learn ${what}: GET ${route}: ${describeError(error)}`);
    return undefined;
  }
}
