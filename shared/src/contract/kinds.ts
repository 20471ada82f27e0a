import { z } from 'zod';
import { eventEnvelope, requestEnvelope } from './envelope';
import { karmaSchema, requestIdSchema, snowflakeSchema, timestampSchema } from './ids';
import {
  MAX_ADJUSTMENT,
  MAX_BOARD_FROM,
  MAX_BOARD_SIZE,
  MAX_DELTA,
  MAX_HISTORY_SIZE,
  MAX_ROLES,
  MAX_SETTING_KEY_LENGTH,
  MAX_SUBJECTS,
  MAX_UNDONE_AT_ONCE,
} from './limits';
import { open } from './open';
import { problemWith, SETTING_KEYS, settingValueSchema } from './setting';
import { displaySchema, reasonSchema, subjectFields, subjectSchema, withDisplay } from './subject';
import { refusedSchema, verdictSchema } from './verdict';

/*
 * What the messages of each kind say: the request, and after it the event with which svc publishes its result. A new kind is
 * written here, and named in the two unions at the end; the compiler then finds every place that has to know it.
 */

export const totalSchema = open({ display: displaySchema, karma: karmaSchema });

const rolesSchema = z.array(snowflakeSchema).max(MAX_ROLES);

/** What Discord said of the member who gives. What is left out is not known. */
const giverSchema = open({
  roles: rolesSchema.optional(),
  /** When they joined the server, in milliseconds since the Unix epoch. */
  joinedAt: timestampSchema.optional(),
});

/** What Discord said of the member who receives. What is left out is not known. */
const receiverSchema = open({ isBot: z.boolean().optional(), roles: rolesSchema.optional() });

const changeSchema = subjectFields
  .extend({
    delta: z
      .int()
      .min(-MAX_DELTA)
      .max(MAX_DELTA)
      .refine((delta) => delta !== 0, 'a change of zero is no change'),
    reason: reasonSchema.optional(),
    /** Only where the subject is a member. */
    receiver: receiverSchema.optional(),
  })
  .transform(withDisplay);

const distinctSubjects = (entries: readonly { subject: string }[]) =>
  new Set(entries.map((entry) => entry.subject)).size === entries.length;

export const changeKarmaSchema = open({
  ...requestEnvelope,
  kind: z.literal('change-karma'),
  giver: giverSchema.optional(),
  /** The thread's parent and the category above the channel, as far as they are known. */
  channelParents: z.array(snowflakeSchema).max(2).optional(),
  /** In order of first appearance in the message, each subject once. */
  changes: z.array(changeSchema).min(1).max(MAX_SUBJECTS).refine(distinctSubjects, 'a subject appears twice'),
});

/** What the rules say of each change, in the request's order. */
const verdictsSchema = z.array(verdictSchema).min(1).max(MAX_SUBJECTS);

/** At least one change counts. */
const karmaChangedSchema = open({
  ...eventEnvelope,
  kind: z.literal('karma-changed'),
  /** Whether the guild wanted changes announced when this one was applied. */
  announce: z.boolean(),
  /**
   * The total of each subject that was changed, in the request's order, after this request, each its own even when several
   * requests were applied together.
   */
  totals: z.array(totalSchema).min(1).max(MAX_SUBJECTS),
  /** Left out where each change counts as it was asked for. */
  verdicts: verdictsSchema.optional(),
});

/** No change counts. */
const karmaRefusedSchema = open({
  ...eventEnvelope,
  kind: z.literal('karma-refused'),
  /** Whether the guild wanted changes announced when these were refused. */
  announce: z.boolean(),
  verdicts: verdictsSchema,
});

/*
 * What moderators ask for. Bot and tools publish these for members who may moderate and for operators; svc asks nobody again,
 * and enters each into the audit log.
 */

/** What every moderation carries: why, in the words of who asks. */
const moderation = { reason: reasonSchema.optional() };

const amountSchema = z
  .int()
  .min(-MAX_ADJUSTMENT)
  .max(MAX_ADJUSTMENT)
  .refine((amount) => amount !== 0, 'an adjustment by zero is none');

/** Changes the karma of a subject, whatever the rules say. */
const adjustSchema = open({
  ...requestEnvelope,
  kind: z.literal('adjust'),
  subject: subjectSchema,
  amount: amountSchema,
  reason: reasonSchema,
});

const adjustedSchema = open({
  ...eventEnvelope,
  kind: z.literal('adjusted'),
  amount: amountSchema,
  /** After it. */
  total: totalSchema,
});

/** From now on nothing that a member gives or receives counts. */
const blockSchema = open({
  ...requestEnvelope,
  kind: z.literal('block'),
  memberId: snowflakeSchema,
  ...moderation,
});

const blockedSchema = open({ ...eventEnvelope, kind: z.literal('blocked'), memberId: snowflakeSchema });

/** What a member gives and receives counts again. */
const unblockSchema = open({
  ...requestEnvelope,
  kind: z.literal('unblock'),
  memberId: snowflakeSchema,
  ...moderation,
});

const unblockedSchema = open({ ...eventEnvelope, kind: z.literal('unblocked'), memberId: snowflakeSchema });

/** Gives all karma of a subject to another, and forgets the first one's name. */
const mergeSchema = open({
  ...requestEnvelope,
  kind: z.literal('merge'),
  from: subjectSchema,
  into: subjectSchema,
  ...moderation,
}).refine(({ from, into }) => from.subject !== into.subject, {
  message: 'both are one subject',
  path: ['into'],
});

const mergedSchema = open({
  ...eventEnvelope,
  kind: z.literal('merged'),
  from: displaySchema,
  /** How much karma it had; left out where nobody had changed it, and nothing was done. */
  moved: karmaSchema.optional(),
  /** The other subject, after it. */
  total: totalSchema,
});

/** Forgets the karma of a subject, and its name. */
const removeSchema = open({
  ...requestEnvelope,
  kind: z.literal('remove'),
  subject: subjectSchema,
  ...moderation,
});

const removedSchema = open({
  ...eventEnvelope,
  kind: z.literal('removed'),
  display: displaySchema,
  /** How much it had; left out where nobody had changed it, and nothing was done. */
  karma: karmaSchema.optional(),
});

/** Takes back what a request changed, whichever member made it, and whenever. */
const undoRequestSchema = open({
  ...requestEnvelope,
  kind: z.literal('undo-request'),
  /** The request: of a message, its id. */
  undoes: requestIdSchema,
  ...moderation,
});

const requestUndoneSchema = open({
  ...eventEnvelope,
  kind: z.literal('request-undone'),
  undoes: requestIdSchema,
  /** The total of each subject whose change was taken back, after it. None where nothing was. */
  totals: z.array(totalSchema).max(MAX_SUBJECTS),
  /** Whether it had been taken back before. Where it had not and there are no totals, no member changed anything by it. */
  wasUndone: z.boolean(),
});

/** Takes back what a member changed since a time, the newest first, up to `MAX_UNDONE_AT_ONCE` requests. */
const undoAllSchema = open({
  ...requestEnvelope,
  kind: z.literal('undo-all'),
  memberId: snowflakeSchema,
  /** In milliseconds since the Unix epoch. */
  since: timestampSchema,
  ...moderation,
});

const allUndoneSchema = open({
  ...eventEnvelope,
  kind: z.literal('all-undone'),
  memberId: snowflakeSchema,
  /** How many requests were taken back. */
  requests: z.int().min(0).max(MAX_UNDONE_AT_ONCE),
  /** Whether there are more, for which it is to be asked again. */
  hasMore: z.boolean(),
});

export const checkKarmaSchema = open({
  ...requestEnvelope,
  kind: z.literal('check-karma'),
  subjects: z
    .array(subjectSchema)
    .min(1)
    .max(MAX_SUBJECTS)
    .refine(distinctSubjects, 'a subject appears twice'),
});

const karmaCheckedSchema = open({
  ...eventEnvelope,
  kind: z.literal('karma-checked'),
  totals: z.array(totalSchema).min(1).max(MAX_SUBJECTS),
});

const boardFromSchema = z.int().min(1).max(MAX_BOARD_FROM);

const checkBoardSchema = open({
  ...requestEnvelope,
  kind: z.literal('check-board'),
  /** `top` has the highest karma first, `bottom` the lowest. */
  end: z.enum(['top', 'bottom']),
  size: z.int().min(1).max(MAX_BOARD_SIZE),
  /** The rank of the first entry, for who turns pages; 1 where it is left out. */
  from: boardFromSchema.optional(),
});

const boardCheckedSchema = open({
  ...eventEnvelope,
  kind: z.literal('board-checked'),
  end: z.enum(['top', 'bottom']),
  /** Best (or worst) first; the rank is the place in the list, counted from `from`. */
  entries: z.array(totalSchema).max(MAX_BOARD_SIZE),
  /** As it was asked; 1 where it is left out. */
  from: boardFromSchema.optional(),
});

const changeSettingSchema = open({
  ...requestEnvelope,
  kind: z.literal('change-setting'),
  key: z.enum(SETTING_KEYS),
  /** What the server chooses; null takes its choice back. */
  value: settingValueSchema,
}).superRefine(({ key, value }, context) => {
  const problem = value === null ? undefined : problemWith(key, value);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['value'], message: problem });
});

const settingChangedSchema = open({
  ...eventEnvelope,
  kind: z.literal('setting-changed'),
  /** Also one that this process does not know: svc is rolled out first, and bot only says that it is done. */
  key: z.string().min(1).max(MAX_SETTING_KEY_LENGTH),
  value: settingValueSchema,
});

const sideSchema = z.enum(['received', 'given']);

/** A place of a change in the history: its day, its time, its request and its place in that, from 1. Later ones come first. */
const historyPlace = {
  /** Midnight UTC of the date on which it counts where the server is, in milliseconds since the Unix epoch. */
  day: timestampSchema,
  at: timestampSchema,
  requestId: requestIdSchema,
  place: z.int().min(1).max(MAX_SUBJECTS),
};

const checkHistorySchema = open({
  ...requestEnvelope,
  kind: z.literal('check-history'),
  /** What a subject received, or what a member gave. */
  side: sideSchema,
  /** Who received; left out for the member who asks. Means nothing where `side` is `given`. */
  subject: subjectSchema.optional(),
  /** Who gave; left out for the member who asks. Means nothing where `side` is `received`. */
  giverId: snowflakeSchema.optional(),
  size: z.int().min(1).max(MAX_HISTORY_SIZE),
  /** Only what comes after it: the last entry of the page before. */
  before: open(historyPlace).optional(),
  /** Whether the newest refusals of the member who asks are wanted too. Nobody is told those of others. */
  refusals: z.boolean().optional(),
});

/** A change that counted. */
const historyEntrySchema = open({
  ...historyPlace,
  display: displaySchema,
  /** Left out where no member changed it. */
  giverId: snowflakeSchema.optional(),
  delta: z.int().min(-MAX_ADJUSTMENT).max(MAX_ADJUSTMENT),
  reason: reasonSchema.optional(),
  channelId: snowflakeSchema.optional(),
  /** When it was undone; left out where it stands. */
  undoneAt: timestampSchema.optional(),
});

/** A change that was asked for and did not count. */
const refusalEntrySchema = open({
  at: timestampSchema,
  requestId: requestIdSchema,
  display: displaySchema,
  /** What was asked for. */
  delta: z.int().min(-MAX_DELTA).max(MAX_DELTA),
  channelId: snowflakeSchema.optional(),
  verdict: refusedSchema,
});

const historyCheckedSchema = open({
  ...eventEnvelope,
  kind: z.literal('history-checked'),
  side: sideSchema,
  /** Newest first. */
  entries: z.array(historyEntrySchema).max(MAX_HISTORY_SIZE),
  /** Whether there are older ones. */
  hasMore: z.boolean(),
  /** Newest first, of the last seven days before the request; left out where nobody asked for them. */
  refusals: z.array(refusalEntrySchema).max(MAX_HISTORY_SIZE).optional(),
});

/** Takes back the last change of the member who asks. */
const undoSchema = open({ ...requestEnvelope, kind: z.literal('undo') });

/**
 * Takes back what a message changed that was deleted, and forgets its reasons. Its origin is a deletion; `at` is when a bot was
 * notified of it, as Discord does not say when it happened.
 */
const undoDeletedSchema = open({
  ...requestEnvelope,
  kind: z.literal('undo-deleted'),
  /** When the message was written: `at` of the request that it made, if it made one. */
  writtenAt: timestampSchema,
});

const undoneSchema = open({
  ...eventEnvelope,
  kind: z.literal('undone'),
  /** The total of each subject whose change was taken back, after it. None where nothing was. */
  totals: z.array(totalSchema).max(MAX_SUBJECTS),
  /**
   * The request that is taken back. Where there are no totals it had been taken back before, or was deleted before it could count;
   * left out where there was nothing to take back.
   */
  undoes: requestIdSchema.optional(),
});

/** Everything the bot may ask of svc. */
export const requestSchema = z.discriminatedUnion('kind', [
  changeKarmaSchema,
  adjustSchema,
  blockSchema,
  unblockSchema,
  mergeSchema,
  removeSchema,
  undoRequestSchema,
  undoAllSchema,
  checkKarmaSchema,
  checkBoardSchema,
  changeSettingSchema,
  checkHistorySchema,
  undoSchema,
  undoDeletedSchema,
]);

/** Everything svc may say to the bot. */
export const eventSchema = z.discriminatedUnion('kind', [
  karmaChangedSchema,
  karmaRefusedSchema,
  adjustedSchema,
  blockedSchema,
  unblockedSchema,
  mergedSchema,
  removedSchema,
  requestUndoneSchema,
  allUndoneSchema,
  karmaCheckedSchema,
  boardCheckedSchema,
  settingChangedSchema,
  historyCheckedSchema,
  undoneSchema,
]);
