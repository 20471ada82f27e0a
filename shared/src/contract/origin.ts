import { z } from 'zod';
import { snowflakeSchema } from './ids';
import { MAX_EMOJI_LENGTH, MAX_OPERATOR_LENGTH } from './limits';
import { open } from './open';
import { isPrintable } from './printable';

const message = {
  kind: z.literal('message'),
  /** The channel or thread that the message is in. */
  channelId: snowflakeSchema,
  /** What a reply refers to; its nonce too. */
  messageId: snowflakeSchema,
};

/** A member wrote a message. */
const messageOrigin = open({ ...message, userId: snowflakeSchema });

/** As in an event. Events of version 1 did not say who wrote the message. */
const answeredMessageOrigin = open({ ...message, userId: snowflakeSchema.optional() });

/**
 * A member used a command, a button, a menu or a form. The reply is an edit of the first response, for which Discord wants
 * the application's id and the interaction's token. The token is a secret, and streams and dead letters are kept and shown:
 * it is not here, but with the bots, by the interaction's id.
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#edit-original-interaction-response
 */
const interactionOrigin = open({
  kind: z.literal('interaction'),
  interactionId: snowflakeSchema,
  applicationId: snowflakeSchema,
  /** Where it was used. */
  channelId: snowflakeSchema,
  userId: snowflakeSchema,
});

/** A member added a reaction to a message or removed it. The kind of the request says which, and for whom it counts. */
const reactionOrigin = open({
  kind: z.literal('reaction'),
  channelId: snowflakeSchema,
  messageId: snowflakeSchema,
  /** Whose reaction it is. */
  userId: snowflakeSchema,
  /** The characters of a Unicode emoji, or the id of one that a server made. */
  emoji: z.string().min(1).max(MAX_EMOJI_LENGTH).refine(isPrintable, 'expected an emoji'),
});

/** A message was deleted. Discord does not say by whom. */
const deletionOrigin = open({
  kind: z.literal('deletion'),
  channelId: snowflakeSchema,
  messageId: snowflakeSchema,
});

/** An operator ran a tool, or a file is imported: no channel, and nobody to reply to. */
const operatorOrigin = open({
  kind: z.literal('operator'),
  /** Who, as the tool knows them, for those who read it later. */
  who: z.string().min(1).max(MAX_OPERATOR_LENGTH).refine(isPrintable, 'expected a name'),
});

const others = [interactionOrigin, reactionOrigin, deletionOrigin, operatorOrigin] as const;

/** What caused a request. */
export const originSchema = z.discriminatedUnion('kind', [messageOrigin, ...others]);

/** The origin of the request that an event answers, with all that it had. */
export const eventOriginSchema = z.discriminatedUnion('kind', [answeredMessageOrigin, ...others]);

export type Origin = z.infer<typeof originSchema>;
export type EventOrigin = z.infer<typeof eventOriginSchema>;

/** The channel in which it happened; undefined where there is none. */
export function channelIdOf(origin: EventOrigin): string | undefined {
  return 'channelId' in origin ? origin.channelId : undefined;
}

/** The message that it is about; undefined where there is none. */
export function messageIdOf(origin: EventOrigin): string | undefined {
  return 'messageId' in origin ? origin.messageId : undefined;
}

/** The member who did it; undefined where it was none, or nobody knows. */
export function userIdOf(origin: EventOrigin): string | undefined {
  return 'userId' in origin ? origin.userId : undefined;
}

/** The operator who did it, as their tool knows them; undefined where it was somebody else. */
export function operatorOf(origin: EventOrigin): string | undefined {
  return origin.kind === 'operator' ? origin.who : undefined;
}
