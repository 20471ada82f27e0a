import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import { type APIMessage, type REST, Routes } from 'discord.js';
import { meaningOf } from '../answers/discord-errors';
import { messagesReadBack, readBackLimits } from '../metrics';
import type { UnreadChannel } from './unread-channels';

const PAGE_SIZE = 100;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;

export interface ReadChannelContext {
  rest: REST;
  log: Log;
  /** Ends the reading early; what is left is read by who comes next. */
  signal: AbortSignal;
  /** How many messages of one channel are read at most, the oldest first. */
  maxMessages: number;
  /** Takes a page, oldest message first; resolves when what it asked for is in the stream. */
  onMessages(messages: readonly APIMessage[]): Promise<void>;
}

/** A page of messages after an id, oldest first; undefined when the channel is gone or closed to the bot. */
async function readPage(
  context: ReadChannelContext,
  channelId: string,
  after: string,
): Promise<APIMessage[] | undefined> {
  const query = new URLSearchParams({ after, limit: String(PAGE_SIZE) });
  for (let attempt = 0; ; attempt += 1) {
    context.signal.throwIfAborted();
    try {
      const page = (await context.rest.get(Routes.channelMessages(channelId), { query })) as APIMessage[];
      return page.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    } catch (error) {
      const meaning = meaningOf(error);
      if (meaning === 'gone') return undefined;
      if (meaning !== 'later') throw error;
      const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      context.log.warn(
        `cannot read back ${channelId}: ${describeError(error)}; trying again in ${pauseMs} ms`,
      );
      await pause(pauseMs, context.signal);
    }
  }
}

/**
 * Reads what was said in a channel after a message, in order, page by page, each page only when the one before is in
 * the stream. Resolves to how many messages were read.
 * @throws the signal's reason when it is ended early; what discord.js's REST throws when Discord refuses the call itself.
 */
export async function readChannel(
  context: ReadChannelContext,
  { channelId, after }: UnreadChannel,
): Promise<number> {
  let count = 0;
  for (let last = after; ; ) {
    const page = await readPage(context, channelId, last);
    if (page === undefined || page.length === 0) return count;
    const taken = page.slice(0, context.maxMessages - count);
    await context.onMessages(taken);
    count += taken.length;
    messagesReadBack.inc(taken.length);
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE_SIZE && taken.length === page.length) return count;
    if (count >= context.maxMessages) {
      readBackLimits.inc({ limit: 'messages' });
      const since = new Date(snowflakeTimeMs(taken.at(-1)?.id ?? last)).toISOString();
      context.log.warn(
        { channelId, count },
        `read back only so many messages; what was said after ${since} is not counted`,
      );
      return count;
    }
  }
}
