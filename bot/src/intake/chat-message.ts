import { snowflakeSchema } from '@popple/shared/contract/ids';
import { MessageType } from 'discord.js';
import { z } from 'zod';

/**
 * What is used of a message, as Discord's API schema allows it, from MESSAGE_CREATE or from REST. Other fields are dropped.
 * @see https://discord.com/developers/docs/resources/message#message-object
 */
export const chatMessageSchema = z.object({
  id: snowflakeSchema,
  channel_id: snowflakeSchema,
  /** Absent or null in a direct message; REST never has it. */
  guild_id: snowflakeSchema.nullish(),
  type: z.int(),
  /** Required by the schema; null from servers that have messages without a text. */
  content: z.string().nullish(),
  webhook_id: z.string().nullish(),
  /** The author's part in the server; REST does not have it. */
  member: z.object({ roles: z.array(z.string()).nullish(), joined_at: z.string().nullish() }).nullish(),
  /** Whom the text mentions; with their part in the server, which REST does not have. */
  mentions: z
    .array(
      z.object({
        id: z.string(),
        bot: z.boolean().nullish(),
        member: z.object({ roles: z.array(z.string()).nullish() }).nullish(),
      }),
    )
    .nullish(),
  author: z.object({
    id: snowflakeSchema,
    bot: z.boolean().nullish(),
    system: z.boolean().nullish(),
  }),
});

export type ChatMessage = z.infer<typeof chatMessageSchema>;

/**
 * Whether a member wrote the message: not the bot itself, another bot, a webhook, or Discord (joins, pins, boosts).
 * Karma is between people.
 */
export function isFromMember(message: ChatMessage): boolean {
  if (message.webhook_id || message.author.bot || message.author.system) return false;
  return message.type === MessageType.Default || message.type === MessageType.Reply;
}
