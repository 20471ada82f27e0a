import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { REST } from 'discord.js';
import { meaningOf } from '../answers/discord-errors';
import { readBackSkipped } from '../metrics';

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;

export interface AskContext {
  rest: REST;
  log: Log;
  /** Ends the reading early; what is left is read by who comes next. */
  signal: AbortSignal;
  /** Resolves when a request may be made; left out where none has to wait. */
  pace?: (signal: AbortSignal) => Promise<void>;
  /** How often one thing is asked for, before it is left for later; for as long as it takes when left out. */
  maxAttempts?: number;
}

/** Discord, or the way to it, is not well: what was asked for is to be asked for again later. */
export class NotNowError extends Error {
  override readonly name = 'NotNowError';
}

/**
 * What Discord answers to a GET, tried again for as long as Discord or the way to it is not well. Undefined when it
 * refuses: the channel is gone, closed to the bot, or not of a kind that can be asked. That is logged and counted, for
 * what was said there meanwhile does not count; other channels are none the worse.
 * @throws the signal's reason when it is ended early; what discord.js's REST throws when the token is not valid;
 * NotNowError after `maxAttempts`.
 */
export async function askDiscord(
  { rest, log, signal, pace, maxAttempts = Number.POSITIVE_INFINITY }: AskContext,
  channelId: string,
  route: `/${string}`,
  query?: URLSearchParams,
): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    await pace?.(signal);
    signal.throwIfAborted();
    try {
      return await rest.get(route, query === undefined ? {} : { query });
    } catch (error) {
      signal.throwIfAborted();
      const meaning = meaningOf(error);
      if (meaning === 'unauthorized') throw error;
      if (meaning !== 'later') {
        readBackSkipped.inc({ reason: meaning });
        log.warn(
          { channelId },
          `cannot read back ${route}: ${describeError(error)}; what was said there meanwhile is not counted`,
        );
        return undefined;
      }
      if (attempt + 1 >= maxAttempts)
        throw new NotNowError(`cannot read back ${route}: ${describeError(error)}`, { cause: error });
      const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      log.warn(`cannot read back ${channelId}: ${describeError(error)}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}
