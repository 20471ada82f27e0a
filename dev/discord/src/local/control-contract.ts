/**
 * What other processes (tests, chaos, benches) may ask of a local Discord that runs on its own:
 * `POST /_local/control` with a `ControlCommand` answers what `controlResults` says for it, `GET /_local/records` answers
 * `ControlRecords`, and `DELETE /_local/records` forgets what was recorded.
 */
import { Locale } from 'discord-api-types/v10';
import { z } from 'zod';
import { INTERACTION_FAULTS } from '../faults/interaction-faults';
import { invocationSchema } from '../interaction-contract';
import { settingsChangeSchema } from '../settings';
import { PERMISSIONS } from '../world/model';

const idSchema = z.string().regex(/^\d{1,20}$/, 'expected a Discord id');
const timesSchema = z.int().min(1).default(1);
/** A session's id, or all connections. */
const targetSchema = z.string().min(1).default('all');

const newMessageSchema = z.object({
  channelId: idSchema,
  authorId: idSchema,
  content: z.string(),
  replyTo: idSchema.optional(),
  webhookId: idSchema.optional(),
  bot: z.boolean().optional(),
});

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

const restFaultSchema = z.object({
  match: z.string().refine(isRegularExpression, 'expected the source of a regular expression').optional(),
  times: timesSchema,
  status: z.int().min(400).max(599).optional(),
  body: z.unknown().optional(),
  retryAfterMs: z.number().min(0).optional(),
  isGlobal: z.boolean().optional(),
  delayMs: z.number().min(0).optional(),
  delayAfterMs: z.number().min(0).optional(),
  drop: z.enum(['before-handling', 'after-handling']).optional(),
});

export const controlCommandSchema = z.discriminatedUnion('do', [
  z.object({ do: z.literal('say'), message: newMessageSchema }),
  z.object({ do: z.literal('say-many'), messages: z.array(newMessageSchema).min(1).max(10_000) }),
  z.object({
    do: z.literal('messages'),
    channelId: idSchema,
    after: idSchema.optional(),
    limit: z.int().min(1).optional(),
  }),
  z.object({ do: z.literal('add-guild'), name: z.string().min(1), id: idSchema.optional() }),
  z.object({ do: z.literal('remove-guild'), guildId: idSchema }),
  z.object({
    do: z.literal('add-channel'),
    guildId: idSchema,
    name: z.string().min(1),
    topic: z.string().optional(),
    kind: z.enum(['text', 'announcement', 'voice', 'forum', 'category', 'thread']).optional(),
    parentId: idSchema.optional(),
  }),
  z.object({ do: z.literal('add-member'), name: z.string().min(1), bot: z.boolean().optional() }),
  z.object({ do: z.literal('archive'), threadId: idSchema }),
  z.object({ do: z.literal('deny'), channelId: idSchema, permissions: z.array(z.enum(PERMISSIONS)) }),
  z.object({ do: z.literal('set-locale'), memberId: idSchema, locale: z.enum(Locale) }),
  z.object({ do: z.literal('set-guild-locale'), guildId: idSchema, locale: z.enum(Locale) }),
  z.object({
    do: z.literal('set-administrator'),
    guildId: idSchema,
    memberId: idSchema,
    isAdministrator: z.boolean(),
  }),
  z.object({ do: z.literal('commands') }),
  /** Does not wait for an answer: ask with `interaction` what came of it. */
  z.object({ do: z.literal('invoke'), invocation: invocationSchema }),
  z.object({ do: z.literal('interaction'), id: idSchema }),
  z.object({
    do: z.literal('interaction-fault'),
    fault: z.enum(INTERACTION_FAULTS),
    times: timesSchema,
  }),
  z.object({ do: z.literal('settings'), change: settingsChangeSchema }),
  z.object({ do: z.literal('rest-fault'), fault: restFaultSchema }),
  z.object({ do: z.literal('close'), target: targetSchema, code: z.int().min(1000).max(4999) }),
  z.object({ do: z.literal('drop-connections'), target: targetSchema }),
  z.object({ do: z.literal('forget-sessions') }),
  z.object({ do: z.literal('refuse-resume'), times: timesSchema }),
  z.object({ do: z.literal('reconnect'), target: targetSchema }),
  z.object({ do: z.literal('invalid-session'), target: targetSchema, resumable: z.boolean() }),
  z.object({ do: z.literal('silence'), target: targetSchema }),
  z.object({ do: z.literal('start-outage'), guildId: idSchema }),
  z.object({ do: z.literal('end-outage'), guildId: idSchema }),
  z.object({ do: z.literal('refuse-connections'), times: timesSchema }),
  z.object({ do: z.literal('clear-faults') }),
]);

/** A message as the world keeps it, with what Discord does not send: its nonce, and the members it pings. */
const controlMessageSchema = z.object({
  id: idSchema,
  channelId: idSchema,
  guildId: idSchema.nullable(),
  authorId: idSchema,
  webhookId: idSchema.nullable(),
  bot: z.boolean(),
  content: z.string(),
  atMs: z.number(),
  editedAtMs: z.number().nullable(),
  replyToId: idSchema.nullable(),
  nonce: z.union([z.string(), z.number()]).nullable(),
  mentions: z.array(idSchema),
  mentionsEveryone: z.boolean(),
  flags: z.number(),
  reactions: z.array(z.object({ emoji: z.string(), userIds: z.array(idSchema) })),
  /** As Discord describes them. */
  components: z.array(z.unknown()).optional(),
  /** The only member who sees it. */
  visibleTo: idSchema.optional(),
});

/** What is known of an interaction: what Discord acknowledged, and what the member reads. */
const controlInteractionSchema = z.object({
  id: idSchema,
  /** Discord's type of it. */
  type: z.int(),
  userId: idSchema,
  state: z.enum(['waiting', 'acknowledged', 'failed']),
  /** Discord's type of the answer; null while there is none. */
  answerType: z.int().nullable(),
  /** What `@original` is, ephemeral or not; null where there is none. */
  original: controlMessageSchema.nullable(),
  followUps: z.array(controlMessageSchema),
});

const identified = z.object({ id: idSchema });
const nothing = z.object({});

export const controlResults = {
  say: controlMessageSchema,
  'say-many': z.object({ ids: z.array(idSchema) }),
  messages: z.array(controlMessageSchema),
  'add-guild': identified,
  'remove-guild': nothing,
  'add-channel': identified,
  'add-member': identified,
  archive: nothing,
  deny: nothing,
  'set-locale': nothing,
  'set-guild-locale': nothing,
  'set-administrator': nothing,
  commands: z.array(z.object({ id: idSchema, type: z.int(), name: z.string() })),
  invoke: identified,
  interaction: controlInteractionSchema,
  'interaction-fault': nothing,
  settings: nothing,
  'rest-fault': nothing,
  close: nothing,
  'drop-connections': nothing,
  'forget-sessions': nothing,
  'refuse-resume': nothing,
  reconnect: nothing,
  'invalid-session': nothing,
  silence: nothing,
  'start-outage': nothing,
  'end-outage': nothing,
  'refuse-connections': nothing,
  'clear-faults': nothing,
} as const satisfies Record<ControlCommand['do'], z.ZodType>;

const shardSchema = z.tuple([z.number(), z.number()]);

export const controlRecordsSchema = z.object({
  identifies: z.array(
    z.object({
      atMs: z.number(),
      shard: shardSchema,
      intents: z.number(),
      outcome: z.union([z.literal(['ready', 'rate-limited']), z.number()]),
      sessionId: z.string().nullable(),
    }),
  ),
  resumes: z.array(
    z.object({
      atMs: z.number(),
      sessionId: z.string(),
      sequence: z.number(),
      outcome: z.union([z.literal(['resumed', 'invalid-session']), z.number()]),
      replayed: z.number(),
    }),
  ),
  requests: z.array(
    z.object({ atMs: z.number(), method: z.string(), path: z.string(), status: z.number().nullable() }),
  ),
  counts: z.object({
    identifies: z.number(),
    resumes: z.number(),
    requests: z.number(),
    /** Responded to with 401, 403 or 429. */
    invalidRequests: z.number(),
    globallyLimited: z.number(),
    dispatches: z.number(),
  }),
  /** The sessions there are now. */
  sessions: z.array(
    z.object({
      id: z.string(),
      shard: shardSchema,
      intents: z.number(),
      sequence: z.number(),
      connected: z.boolean(),
    }),
  ),
});

export type ControlCommand = z.infer<typeof controlCommandSchema>;
/** As a caller writes it: what has a default may be left out. */
export type ControlInput = z.input<typeof controlCommandSchema>;
export type ControlResult<Name extends ControlCommand['do']> = z.infer<(typeof controlResults)[Name]>;
export type ControlMessage = z.infer<typeof controlMessageSchema>;
export type ControlInteraction = z.infer<typeof controlInteractionSchema>;
export type ControlRecords = z.infer<typeof controlRecordsSchema>;
