/*
 * How processes of version 2 read messages: a copy of their schemas and of their codec, which never changes once version 2 is
 * released. Tests feed it what today's processes write.
 */
import { z } from 'zod';

const open = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape) as z.ZodObject<Shape>;

const snowflake = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .refine((id) => id.length < 19 || id <= '9223372036854775807');
const karma = z.string().regex(/^(0|-?[1-9]\d{0,18})$/);
const text = z
  .string()
  .min(1)
  .max(128)
  .refine((one) => !/\p{Cc}/u.test(one) && one.isWellFormed());
const subjectFields = open({ subject: text, display: text.optional() });
const withDisplay = <One extends { subject: string; display?: string | undefined }>(one: One) => ({
  ...one,
  display: one.display ?? one.subject,
});
const distinct = (entries: readonly { subject: string }[]) =>
  new Set(entries.map((entry) => entry.subject)).size === entries.length;
const end = z.enum(['top', 'bottom']);

const requestId = z
  .string()
  .max(128)
  .regex(/^[\w=/-]+(\.[\w=/-]+)*$/);
const message = { kind: z.literal('message'), channelId: snowflake, messageId: snowflake };
const otherOrigins = [
  open({
    kind: z.literal('interaction'),
    interactionId: snowflake,
    applicationId: snowflake,
    channelId: snowflake,
    userId: snowflake,
  }),
  open({
    kind: z.literal('reaction'),
    channelId: snowflake,
    messageId: snowflake,
    userId: snowflake,
    emoji: z.string().min(1).max(64),
  }),
  open({ kind: z.literal('deletion'), channelId: snowflake, messageId: snowflake }),
  open({ kind: z.literal('operator'), who: text }),
] as const;
const origin = z.discriminatedUnion('kind', [open({ ...message, userId: snowflake }), ...otherOrigins]);
const eventOrigin = z.discriminatedUnion('kind', [
  open({ ...message, userId: snowflake.optional() }),
  ...otherOrigins,
]);
const envelope = {
  v: z.literal(2),
  id: requestId,
  at: z.int().min(0).max(8_640_000_000_000_000),
  guildId: snowflake,
};
const requestEnvelope = { ...envelope, origin };
const eventEnvelope = { ...envelope, origin: eventOrigin };
const delta = z
  .int()
  .min(-10_000)
  .max(10_000)
  .refine((one) => one !== 0);

const requestSchema = z.discriminatedUnion('kind', [
  open({
    ...requestEnvelope,
    kind: z.literal('change-karma'),
    changes: z.array(subjectFields.extend({ delta }).transform(withDisplay)).min(1).max(25).refine(distinct),
  }),
  open({
    ...requestEnvelope,
    kind: z.literal('check-karma'),
    subjects: z.array(subjectFields.transform(withDisplay)).min(1).max(25).refine(distinct),
  }),
  open({ ...requestEnvelope, kind: z.literal('check-board'), end, size: z.int().min(1).max(100) }),
  open({ ...requestEnvelope, kind: z.literal('change-announce'), announce: z.boolean() }),
]);

const total = open({ display: text, karma });
const eventSchema = z.discriminatedUnion('kind', [
  open({
    ...eventEnvelope,
    kind: z.literal('karma-changed'),
    announce: z.boolean(),
    totals: z.array(total).min(1).max(25),
  }),
  open({
    ...eventEnvelope,
    kind: z.literal('karma-checked'),
    totals: z.array(total).min(1).max(25),
  }),
  open({ ...eventEnvelope, kind: z.literal('board-checked'), end, entries: z.array(total).max(100) }),
  open({ ...eventEnvelope, kind: z.literal('announce-changed'), announce: z.boolean() }),
]);

/** What a process of version 2 makes of a request or an event: the message, or whether it waits for a newer process. */
export function readAsVersion2(what: 'request' | 'event', body: string) {
  const value = JSON.parse(body);
  if (value.v !== 2) return { ok: false, isNewer: value.v > 2 } as const;
  const result = (what === 'request' ? requestSchema : eventSchema).safeParse(value);
  if (result.success) return { ok: true, message: result.data } as const;
  const isUnknownKind = result.error.issues.some(
    ({ code, path }) => code === 'invalid_union' && path.at(-1) === 'kind',
  );
  return { ok: false, isNewer: isUnknownKind } as const;
}
