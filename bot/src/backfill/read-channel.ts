import { snowflakeSchema, snowflakeTimeMs } from '@popple/shared/contract/ids';
import { Routes } from 'discord.js';
import { z } from 'zod';
import { type ChatMessage, chatMessageSchema } from '../intake/chat-message';
import { backfillLimits, backfillSkipped, messagesBackfilled } from '../metrics';
import { describeIssues } from '../unreadable';
import { type AskContext, askDiscord } from './ask-discord';
import type { BackfillContext } from './backfill-context';
import type { UnreadChannel } from './unread-channels';

const PAGE_SIZE = 100;

type ReadChannelContext = AskContext & BackfillContext;

const pageSchema = z.array(z.looseObject({ id: snowflakeSchema }));

/** What was written after a message, newest first, and whether that is all. */
interface Gathered {
  messages: ChatMessage[];
  isAll: boolean;
}

/**
 * Pages back from the newest message to `after`, or to as many messages as may be read. From the newest, because when
 * there are more than that, the oldest of them may have been read before (a watermark is only approximate), and the
 * newest certainly not.
 */
async function gather(context: ReadChannelContext, { channelId, after }: UnreadChannel): Promise<Gathered> {
  const messages: ChatMessage[] = [];
  let before: string | undefined;
  for (let count = 0; ; ) {
    const query = new URLSearchParams({
      limit: String(PAGE_SIZE),
      ...(before === undefined ? {} : { before }),
    });
    const response = await askDiscord(context, channelId, Routes.channelMessages(channelId), query);
    if (response === undefined) return { messages, isAll: true };
    const page = pageSchema.safeParse(response);
    if (!page.success) {
      backfillSkipped.inc({ reason: 'refused' });
      context.unreadable.note('page of messages', describeIssues(page.error));
      return { messages, isAll: true };
    }
    const newestFirst = page.data.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    for (const raw of newestFirst) {
      if (BigInt(raw.id) <= BigInt(after)) return { messages, isAll: true };
      if (count >= context.limits.maxMessages) return { messages, isAll: false };
      count += 1;
      const message = chatMessageSchema.safeParse(raw);
      if (message.success) messages.push(message.data);
      else context.unreadable.note('message read back', describeIssues(message.error));
    }
    const oldest = newestFirst.at(-1)?.id;
    // Whatever a server does with `before`: a page that does not go back further would be read again and again.
    if (newestFirst.length < PAGE_SIZE || oldest === undefined || oldest === before)
      return { messages, isAll: true };
    before = oldest;
  }
}

/**
 * Reads what was written in a channel after a message, oldest first, up to 100 messages at a time, the next only when those
 * before are in the stream. Resolves to how many messages were read. When there are more than may be read, the newest are,
 * and the log has what is left out.
 * @throws the signal's reason when it is ended early; what discord.js's REST throws when the token is not valid.
 */
export async function readChannel(context: ReadChannelContext, channel: UnreadChannel): Promise<number> {
  const { messages, isAll } = await gather(context, channel);
  messages.reverse();
  const { guildId, channelId, after } = channel;
  if (!isAll) {
    backfillLimits.inc({ limit: 'messages' });
    const from = new Date(snowflakeTimeMs(after)).toISOString();
    const until = messages[0] === undefined ? 'now' : new Date(snowflakeTimeMs(messages[0].id)).toISOString();
    context.log.warn(
      { channelId, count: messages.length },
      `backfilled only the newest messages (BACKFILL_MAX_MESSAGES); messages from ${from} to ${until} are not counted`,
    );
  }
  for (let start = 0; start < messages.length; start += PAGE_SIZE) {
    context.signal.throwIfAborted();
    const some = messages.slice(start, start + PAGE_SIZE);
    await context.onMessages(guildId, some);
    messagesBackfilled.inc(some.length);
  }
  return messages.length;
}
