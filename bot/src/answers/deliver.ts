import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import type { REST } from 'discord.js';
import { partsAlreadySaid } from './already-said';
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
  /** Who the bot is, to know its own words in a channel. */
  botId: string;
  /** An answer to a message older than this is not said. */
  maxAgeMs: number;
}

const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;

/** How long Discord is relied on to know a nonce. It says "the past few minutes"; this is the cautious reading. */
const NONCE_MEMORY_MS = 60_000;

/** The part of a reply to begin with, looked up where Discord's memory of nonces may no longer help. */
async function firstPart(
  context: DeliverContext,
  outgoing: Outgoing,
  doubtSinceMs: number | undefined,
): Promise<number> {
  if (outgoing.kind === 'reaction' || doubtSinceMs === undefined) return 0;
  if (Date.now() - doubtSinceMs < NONCE_MEMORY_MS) return 0;
  return await partsAlreadySaid(context.rest, outgoing, context.botId);
}

/**
 * Says something on Discord once, trying again for as long as the answer is young enough while Discord cannot take it.
 * A try whose end is not known (the connection broke, Discord answered 5xx) may have succeeded: the next one soon after
 * relies on the nonce, a later one first looks into the channel. `doubtSinceMs` tells of such a try by an earlier
 * process, in milliseconds since the Unix epoch.
 * @throws OperatorError when Discord no longer accepts the token.
 */
export async function deliver(
  context: DeliverContext,
  outgoing: Outgoing,
  doubtSinceMs?: number,
): Promise<Delivery> {
  const { rest, log, signal, maxAgeMs } = context;
  const askedAtMs = snowflakeTimeMs(outgoing.messageId);
  let doubtSince = doubtSinceMs;
  for (let attempt = 0; ; attempt += 1) {
    if (Date.now() - askedAtMs > maxAgeMs) return { outcome: 'stale' };
    if (signal.aborted) return { outcome: 'interrupted' };
    try {
      const from = await firstPart(context, outgoing, doubtSince);
      doubtSince ??= Date.now();
      await post(rest, outgoing, from);
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
