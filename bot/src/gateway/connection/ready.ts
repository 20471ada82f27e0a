import { snowflakeSchema } from '@popple/shared/contract/ids';
import { z } from 'zod';

/**
 * What is used of READY.
 * @see https://discord.com/developers/docs/events/gateway-events#ready
 */
export const readySchema = z.object({
  user: z.object({ id: snowflakeSchema, username: z.string(), global_name: z.string().nullish() }),
  application: z.object({ id: snowflakeSchema }).nullish(),
  /** The servers of the shard; what is in them comes with GUILD_CREATE. */
  guilds: z.array(z.object({ id: snowflakeSchema })),
});

export type Ready = z.infer<typeof readySchema>;
