import { snowflakeSchema } from '@popple/shared/contract/ids';
import { z } from 'zod';
import { describeIssues } from '../unreadable';
import type { GuildAccess } from './permissions';

const permissionsSchema = z.string().regex(/^\d+$/, 'expected a bit field in decimal');

const overwriteSchema = z.object({
  id: snowflakeSchema,
  type: z.int(),
  allow: permissionsSchema,
  deny: permissionsSchema,
});

const channelSchema = z.object({
  id: snowflakeSchema,
  type: z.int(),
  /** The category it is in; of a thread, its channel. */
  parent_id: snowflakeSchema.nullish(),
  /** Null when nothing was ever written; absent when unknown. */
  last_message_id: snowflakeSchema.nullish(),
  permission_overwrites: z.array(overwriteSchema).nullish(),
});

const threadSchema = channelSchema.omit({ permission_overwrites: true }).extend({
  thread_metadata: z.object({ archive_timestamp: z.string() }).nullish(),
});

const memberSchema = z.object({
  user: z.object({ id: snowflakeSchema }),
  roles: z.array(snowflakeSchema),
});

const guildSchema = z.object({
  id: snowflakeSchema,
  /** True when the server is in an outage; then there is nothing else. */
  unavailable: z.boolean().nullish(),
  joined_at: z.string().nullish(),
  owner_id: snowflakeSchema.nullish(),
  roles: z.array(z.object({ id: snowflakeSchema, permissions: permissionsSchema })).nullish(),
  members: z.array(z.unknown()).nullish(),
  channels: z.array(z.unknown()).nullish(),
  threads: z.array(z.unknown()).nullish(),
});

export type GuildChannel = z.infer<typeof channelSchema>;
export type Thread = z.infer<typeof threadSchema>;

/** What a backfill uses of a server. */
export interface GuildView {
  id: string;
  isUnavailable: boolean;
  /** When the bot joined it, in milliseconds since the Unix epoch; undefined when unknown. */
  joinedAtMs: number | undefined;
  /** Undefined when it is unknown what the bot may do: only trying shows it. */
  access: GuildAccess | undefined;
  channels: GuildChannel[];
  /** Its active threads; undefined when they were not sent. */
  threads: Thread[] | undefined;
  /** What of it could not be read, and why. */
  unreadable: { what: string; detail: string }[];
}

type Unreadable = GuildView['unreadable'];

function each<T>(
  schema: z.ZodType<T>,
  values: readonly unknown[],
  what: string,
  unreadable: Unreadable,
): T[] {
  return values.flatMap((value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return [parsed.data];
    unreadable.push({ what, detail: describeIssues(parsed.error) });
    return [];
  });
}

/** Threads as GUILD_CREATE and REST have them; what cannot be read is added to `unreadable`. */
export function parseThreads(values: readonly unknown[], unreadable: Unreadable): Thread[] {
  return each(threadSchema, values, 'thread', unreadable);
}

/**
 * A server as GUILD_CREATE and REST have it, as Discord's API schema allows it, for the bot with this id. A channel that
 * cannot be read harms no other.
 * @see https://discord.com/developers/docs/events/gateway-events#guild-create
 */
export function guildViewSchema(botId: string): z.ZodType<GuildView> {
  return guildSchema.transform((guild) => viewOf(guild, botId));
}

function viewOf(guild: z.infer<typeof guildSchema>, botId: string): GuildView {
  const unreadable: Unreadable = [];
  const own = (guild.members ?? [])
    .map((member) => memberSchema.safeParse(member).data)
    .find((member) => member?.user.id === botId);
  const joinedAtMs = guild.joined_at ? Date.parse(guild.joined_at) : Number.NaN;
  return {
    id: guild.id,
    isUnavailable: guild.unavailable === true,
    joinedAtMs: Number.isNaN(joinedAtMs) ? undefined : joinedAtMs,
    access:
      own === undefined || !guild.roles
        ? undefined
        : {
            guildId: guild.id,
            ownerId: guild.owner_id ?? undefined,
            roles: guild.roles,
            member: { userId: botId, roles: own.roles },
          },
    channels: each(channelSchema, guild.channels ?? [], 'channel', unreadable),
    threads: guild.threads ? parseThreads(guild.threads, unreadable) : undefined,
    unreadable,
  };
}
