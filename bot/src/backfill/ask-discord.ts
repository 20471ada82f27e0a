import { describeError, type Log } from '@popple/shared/observability/log';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import type { REST } from 'discord.js';
import { backfillSkipped } from '../metrics';
import { meaningOf } from '../replies/discord-errors';

export interface AskContext {
  rest: REST;
  log: Log;
  /** Ends the reading early; what is left is read by who comes next. */
  signal: AbortSignal;
  /** Resolves when a request may be made; left out where none has to wait. */
  pace?: (signal: AbortSignal) => Promise<void>;
  /** How often one thing is asked for, before it is left for later; indefinitely when left out. */
  maxAttempts?: number;
}

/** Discord cannot be reached or responds with a transient error: it is to be asked again later. */
export class NotNowError extends Error {
  override readonly name = 'NotNowError';
}

/**
 * Discord's response to a GET, tried again for as long as the error is transient. Undefined when it refuses: the channel is
 * gone, closed to the bot, or not of a kind that can be asked. That is logged and counted, because what was written there
 * meanwhile does not count; other channels are read all the same.
 * @throws the signal's reason when it is ended early; what discord.js's REST throws when the token is not valid;
 * NotNowError after `maxAttempts`.
 */
export async function askDiscord(
  { rest, log, signal, pace, maxAttempts = Number.POSITIVE_INFINITY }: AskContext,
  channelId: string,
  route: `/${string}`,
  query?: URLSearchParams,
): Promise<unknown> {
  const ask = async () => {
    await pace?.(signal);
    signal.throwIfAborted();
    return await rest.get(route, query === undefined ? {} : { query });
  };
  try {
    return await retryTransient(ask, {
      pace: RETRY_PACES.discord,
      signal,
      maxAttempts,
      isTransient: (error) => !signal.aborted && meaningOf(error) === 'later',
      onRetry: (error, pauseMs) =>
        log.warn(`cannot backfill ${channelId}: ${describeError(error)}; trying again in ${pauseMs} ms`),
    });
  } catch (error) {
    signal.throwIfAborted();
    const meaning = meaningOf(error);
    if (meaning === 'unauthorized') throw error;
    if (meaning === 'later')
      throw new NotNowError(`cannot backfill ${route}: ${describeError(error)}`, { cause: error });
    backfillSkipped.inc({ reason: meaning });
    log.warn(
      { channelId },
      `cannot backfill ${route}: ${describeError(error)}; messages written there meanwhile are not counted`,
    );
    return undefined;
  }
}
