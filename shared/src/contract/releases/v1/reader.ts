/*
 * How processes of version 1 read messages: a copy of their schemas and of their codec, which never changes. Tests feed it
 * what today's processes write.
 */
import { z } from 'zod';

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
const subjectFields = z.object({ subject: text, display: text.optional() });
const withDisplay = <One extends { subject: string; display?: string | undefined }>(one: One) => ({
  ...one,
  display: one.display ?? one.subject,
});
const distinct = (entries: readonly { subject: string }[]) =>
  new Set(entries.map((entry) => entry.subject)).size === entries.length;
const end = z.enum(['top', 'bottom']);

const eventEnvelope = { v: z.literal(1), id: snowflake, guildId: snowflake, channelId: snowflake };
const requestEnvelope = { ...eventEnvelope, userId: snowflake };
const delta = z
  .int()
  .min(-10_000)
  .max(10_000)
  .refine((one) => one !== 0);

const requestSchema = z.discriminatedUnion('kind', [
  z.object({
    ...requestEnvelope,
    kind: z.literal('change-karma'),
    changes: z.array(subjectFields.extend({ delta }).transform(withDisplay)).min(1).max(25).refine(distinct),
  }),
  z.object({
    ...requestEnvelope,
    kind: z.literal('check-karma'),
    subjects: z.array(subjectFields.transform(withDisplay)).min(1).max(25).refine(distinct),
  }),
  z.object({ ...requestEnvelope, kind: z.literal('check-board'), end, size: z.int().min(1).max(100) }),
  z.object({ ...requestEnvelope, kind: z.literal('change-announce'), announce: z.boolean() }),
]);

const total = z.object({ display: text, karma });
const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    ...eventEnvelope,
    kind: z.literal('karma-changed'),
    announce: z.boolean(),
    totals: z.array(total).min(1).max(25),
  }),
  z.object({
    ...eventEnvelope,
    kind: z.literal('karma-checked'),
    totals: z.array(total).min(1).max(25),
  }),
  z.object({ ...eventEnvelope, kind: z.literal('board-checked'), end, entries: z.array(total).max(100) }),
  z.object({ ...eventEnvelope, kind: z.literal('announce-changed'), announce: z.boolean() }),
]);

/** What a process of version 1 makes of a request or an event: the message, or whether it waits for a newer process. */
export function readAsVersion1(what: 'request' | 'event', body: string) {
  const value = JSON.parse(body);
  if (value.v !== 1) return { ok: false, isNewer: value.v > 1 } as const;
  const result = (what === 'request' ? requestSchema : eventSchema).safeParse(value);
  return result.success
    ? ({ ok: true, message: result.data } as const)
    : ({ ok: false, isNewer: false } as const);
}
