import { z } from 'zod';
import { snowflakeSchema, snowflakeTimeMs } from './ids';
import { open } from './open';

const version1Schema = open({
  v: z.literal(1),
  id: snowflakeSchema,
  channelId: z.unknown(),
  userId: z.unknown().optional(),
});

/**
 * A request or an event of version 1 as version 2 says the same. All of them were caused by messages, whose ids were theirs;
 * events did not say who wrote the message. What is no such message is returned as it is, for the schemas to refuse.
 */
export function fromVersion1(message: unknown): unknown {
  const read = version1Schema.safeParse(message);
  if (!read.success) return message;
  const { id, channelId, userId, ...rest } = read.data;
  const origin = { kind: 'message', channelId, messageId: id, userId };
  return { ...rest, v: 2, id, at: snowflakeTimeMs(id), origin };
}
