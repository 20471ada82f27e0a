import { snowflakeSchema } from '@popple/shared/contract/ids';
import { Routes } from 'discord.js';
import { z } from 'zod';
import { describeIssues } from '../unreadable';
import { askDiscord } from './ask-discord';
import { type GuildView, guildViewSchema } from './guild';
import type { ThreadsContext } from './threads';

const PAGE_SIZE = 200;

const guildsSchema = z.array(z.object({ id: snowflakeSchema }));
const memberSchema = z.looseObject({ joined_at: z.string().nullish() });

/** Some of the servers that the bot is in. */
export interface GuildPage {
  /** In ascending order. */
  ids: string[];
  isLast: boolean;
}

/**
 * The next 200 servers of the bot, of all shards, with ids above `after`.
 * @throws as `askDiscord`; Error when Discord refuses, or responds with something else.
 */
export async function guildPage(context: ThreadsContext, after: string): Promise<GuildPage> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), after });
  const response = await askDiscord(context, 'the list of servers', Routes.userGuilds(), query);
  if (response === undefined) throw new Error('Discord refuses to list the servers of the bot');
  const page = guildsSchema.parse(response);
  const ids = page
    .map(({ id }) => id)
    .filter((id) => BigInt(id) > BigInt(after))
    .sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return { ids, isLast: page.length < PAGE_SIZE || ids.length === 0 };
}

/** Whether events of a server come to a shard. @see https://discord.com/developers/docs/events/gateway#sharding */
export function isOfShard(
  guildId: string,
  { shard, shardCount }: { shard: number; shardCount: number },
): boolean {
  return (BigInt(guildId) >> 22n) % BigInt(shardCount) === BigInt(shard);
}

/**
 * A server as REST has it, without threads: what GUILD_CREATE has of it, for a session that received none. Undefined when Discord
 * refuses (it is gone, or the bot is not in it any more), which is logged, or when it cannot be read.
 * @throws as `askDiscord`.
 */
export async function restGuild(
  context: ThreadsContext,
  guildId: string,
  botId: string,
): Promise<GuildView | undefined> {
  const guild = await askDiscord(context, guildId, Routes.guild(guildId));
  if (guild === undefined) return undefined;
  const member = await askDiscord(context, guildId, Routes.guildMember(guildId, botId));
  if (member === undefined) return undefined;
  const channels = await askDiscord(context, guildId, Routes.guildChannels(guildId));
  if (channels === undefined) return undefined;
  try {
    const { joined_at } = memberSchema.parse(member);
    const whole = { ...z.looseObject({}).parse(guild), joined_at, members: [member], channels };
    const view = guildViewSchema(botId).parse(whole);
    for (const { what, detail } of view.unreadable) context.unreadable.note(what, detail);
    return view;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    context.unreadable.note('server', describeIssues(error));
    return undefined;
  }
}
