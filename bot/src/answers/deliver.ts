import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import type { REST } from 'discord.js';
import { meaningOf } from './discord-errors';
import type { Outgoing } from './outgoing';
import { post } from './post';

/** How it ended. `interrupted`: the process is stopping, and it has not been said. */
export type Delivery =
  | { outcome: 'posted' | 'stale' | 'gone' | 'interrupted' }
  | { outcome: 'refused'; detail: string };

export interface DeliverContext {
  rest: REST;
  log: Log;
  signal: AbortSignal;
  /** An answer to a message older than this is not said. */
  maxAgeMs: number;
}

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;

/**
 * Says something on Discord, trying again for as long as the answer is young enough while Discord cannot take it.
 * @throws OperatorError when Discord no longer accepts the token.
 */
export async function deliver(context: DeliverContext, outgoing: Outgoing): Promise<Delivery> {
  const { rest, log, signal, maxAgeMs } = context;
  const askedAtMs = snowflakeTimeMs(outgoing.messageId);
  for (let attempt = 0; ; attempt += 1) {
    if (Date.now() - askedAtMs > maxAgeMs) return { outcome: 'stale' };
    if (signal.aborted) return { outcome: 'interrupted' };
    try {
      await post(rest, outgoing);
      return { outcome: 'posted' };
    } catch (error) {
      const meaning = meaningOf(error);
      const detail = describeError(error);
      if (meaning === 'gone') {
        log.warn(
          { channelId: outgoing.channelId, messageId: outgoing.messageId },
          `cannot answer there: ${detail}`,
        );
        return { outcome: 'gone' };
      }
      if (meaning === 'refused') return { outcome: 'refused', detail };
      if (meaning === 'unauthorized') {
        throw new OperatorError('Discord does not accept DISCORD_TOKEN any more; give the bot a valid one', {
          cause: error,
        });
      }
      const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      log.warn(`Discord did not take an answer: ${detail}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}
