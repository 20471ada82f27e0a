import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { ChannelType, Routes } from 'discord.js';
import { z } from 'zod';
import { describeIssues, type Unreadable } from '../unreadable';
import { type AskContext, askDiscord } from './ask-discord';
import { parseThreads, type Thread } from './guild';

const PAGE_SIZE = 100;

/** Lists of 100 threads that are asked for in one channel at most. */
const MOST_PAGES = 10;

export interface ThreadsContext extends AskContext {
  unreadable: Unreadable;
}

const listSchema = z.object({ threads: z.array(z.unknown()), has_more: z.boolean().nullish() });

function parseList(context: ThreadsContext, response: unknown): { threads: Thread[]; hasMore: boolean } {
  if (response === undefined) return { threads: [], hasMore: false };
  const list = listSchema.safeParse(response);
  if (!list.success) {
    context.unreadable.note('list of threads', describeIssues(list.error));
    return { threads: [], hasMore: false };
  }
  const unreadable: { what: string; detail: string }[] = [];
  const threads = parseThreads(list.data.threads, unreadable);
  for (const { what, detail } of unreadable) context.unreadable.note(what, detail);
  return { threads, hasMore: list.data.has_more === true && threads.length > 0 };
}

/**
 * The active threads of a server, for a GUILD_CREATE without them. None when Discord refuses, which is logged.
 * @throws as `askDiscord`.
 */
export async function activeThreads(context: ThreadsContext, guildId: string): Promise<Thread[]> {
  return parseList(context, await askDiscord(context, guildId, Routes.guildActiveThreads(guildId))).threads;
}

/**
 * The threads of a channel that were archived after a message, and (of private ones) those the bot had joined: GUILD_CREATE
 * has active threads only. At most ten lists of 100 are asked for of each kind; the log has when there are more.
 * @throws as `askDiscord`.
 */
export async function archivedThreads(
  context: ThreadsContext,
  { channelId, type }: { channelId: string; type: ChannelType },
  after: string,
): Promise<Thread[]> {
  const sinceMs = snowflakeTimeMs(after);
  const archivedAtMs = ({ thread_metadata }: Thread) => Date.parse(thread_metadata?.archive_timestamp ?? '');
  // Newest first by when they were archived.
  const found = await pages(
    context,
    channelId,
    Routes.channelThreads(channelId, 'public'),
    (last) => last.thread_metadata?.archive_timestamp,
    (last) => archivedAtMs(last) < sinceMs,
  );
  if (type === ChannelType.GuildText) {
    // By id, so that when the last one was archived does not matter.
    const joined = await pages(
      context,
      channelId,
      Routes.channelJoinedArchivedThreads(channelId),
      (last) => last.id,
      () => false,
    );
    found.push(...joined);
  }
  return found.filter((thread) => !(archivedAtMs(thread) < sinceMs));
}

async function pages(
  context: ThreadsContext,
  channelId: string,
  route: `/${string}`,
  beforeOf: (last: Thread) => string | undefined,
  isEnough: (last: Thread) => boolean,
): Promise<Thread[]> {
  const found: Thread[] = [];
  let before: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const query = new URLSearchParams({
      limit: String(PAGE_SIZE),
      ...(before === undefined ? {} : { before }),
    });
    const { threads, hasMore } = parseList(context, await askDiscord(context, channelId, route, query));
    found.push(...threads);
    const last = threads.at(-1);
    if (!hasMore || last === undefined || isEnough(last)) return found;
    before = beforeOf(last);
    if (before === undefined) return found;
  }
  context.log.warn(
    { channelId },
    `${channelId} has more archived threads than are looked at (${found.length})`,
  );
  return found;
}
