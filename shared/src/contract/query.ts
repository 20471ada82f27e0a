import { z } from 'zod';
import { karmaSchema, requestIdSchema, snowflakeSchema, timestampSchema } from './ids';
import {
  MAX_AUDIT_SIZE,
  MAX_FOUND_SUBJECTS,
  MAX_OPERATOR_LENGTH,
  MAX_SETTING_KEY_LENGTH,
  MAX_SETTINGS,
  MAX_SUBJECT_LENGTH,
} from './limits';
import { open } from './open';
import { isPrintable } from './printable';
import { settingValueSchema } from './setting';
import { displaySchema, reasonSchema } from './subject';

/**
 * The version of queries and their responses. It rises when a reader of the version before would misread one. It is apart
 * from that of requests and events, because no query is stored: one of another version has no result, and nothing is lost.
 */
export const QUERY_VERSION = 1;

/** Looks for subjects of a server by a part of their name. */
const findSubjectsSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('find-subjects'),
  guildId: snowflakeSchema,
  /** A part of a subject's key, in the form that keys have; empty for any. */
  text: z.string().max(MAX_SUBJECT_LENGTH).refine(isPrintable, 'expected text without control characters'),
  limit: z.int().min(1).max(MAX_FOUND_SUBJECTS),
});

const subjectsFoundSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('subjects-found'),
  /** Spellings: of subjects that begin with the text first, then of those that have it elsewhere. */
  displays: z.array(displaySchema).max(MAX_FOUND_SUBJECTS),
});

/** Reads what a server has chosen. */
const listSettingsSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('list-settings'),
  guildId: snowflakeSchema,
});

const settingsListedSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('settings-listed'),
  /** In order of the keys; what is not here has its fallback. Keys of later releases may be among them. */
  settings: z
    .array(
      open({
        key: z.string().min(1).max(MAX_SETTING_KEY_LENGTH),
        value: settingValueSchema,
        at: timestampSchema,
      }),
    )
    .max(MAX_SETTINGS),
});

/** Asks which facts the rules of a server look at, so that nobody is asked for others. */
const listFactsSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('list-facts'),
  guildId: snowflakeSchema,
});

const factsListedSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('facts-listed'),
  /** Of the channel: the thread's parent and the category above it. */
  channelParents: z.boolean(),
  giverRoles: z.boolean(),
  /** When the giver joined the server. */
  joinedAt: z.boolean(),
  receiverRoles: z.boolean(),
});

/** An entry of the audit log is found by both. */
const auditPlace = { at: timestampSchema, requestId: requestIdSchema };

/** Reads what moderators did in a server, the newest first. */
const readAuditSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('read-audit'),
  guildId: snowflakeSchema,
  limit: z.int().min(1).max(MAX_AUDIT_SIZE),
  /** Only what comes before it: the last entry of the page before. */
  before: open(auditPlace).optional(),
});

const auditEntrySchema = open({
  ...auditPlace,
  /** The kind of the request; a later release may have more of them. */
  kind: z.string().min(1),
  /** The member who asked, or the operator. */
  userId: snowflakeSchema.optional(),
  operator: z.string().min(1).max(MAX_OPERATOR_LENGTH).optional(),
  /** On whom or what: a subject. */
  target: z.string().min(1),
  reason: reasonSchema.optional(),
  /** What else was asked, and what came of it. */
  details: open({
    /** By how much karma was adjusted. */
    amount: karmaSchema.optional(),
    /** The subject that has the karma now. */
    into: displaySchema.optional(),
    /** The request that was undone. */
    undoes: requestIdSchema.optional(),
    /** How many requests were undone. */
    requests: z.int().min(0).optional(),
    /** Since when, in milliseconds since the Unix epoch. */
    since: timestampSchema.optional(),
    /** How much karma the target had, when it was merged or removed, or has, when it was adjusted. */
    karma: karmaSchema.optional(),
  }),
});

const auditReadSchema = open({
  v: z.literal(QUERY_VERSION),
  kind: z.literal('audit-read'),
  entries: z.array(auditEntrySchema).max(MAX_AUDIT_SIZE),
});

/** Something that a moderator did. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** What each kind of query asks, and what its response has. */
interface QueryTypes {
  'find-subjects': {
    query: z.infer<typeof findSubjectsSchema>;
    response: z.infer<typeof subjectsFoundSchema>;
  };
  'list-settings': {
    query: z.infer<typeof listSettingsSchema>;
    response: z.infer<typeof settingsListedSchema>;
  };
  'list-facts': {
    query: z.infer<typeof listFactsSchema>;
    response: z.infer<typeof factsListedSchema>;
  };
  'read-audit': {
    query: z.infer<typeof readAuditSchema>;
    response: z.infer<typeof auditReadSchema>;
  };
}

export type QueryKind = keyof QueryTypes;
export type Query<K extends QueryKind = QueryKind> = QueryTypes[K]['query'];
export type QueryResponse<K extends QueryKind = QueryKind> = QueryTypes[K]['response'];

/**
 * Everything that bot may ask of svc without durability: a query changes nothing, may be lost, and has its response within
 * a second or not at all.
 */
export const QUERIES: {
  readonly [K in QueryKind]: {
    readonly query: z.ZodType<Query<K>>;
    readonly response: z.ZodType<QueryResponse<K>>;
  };
} = {
  'find-subjects': { query: findSubjectsSchema, response: subjectsFoundSchema },
  'list-settings': { query: listSettingsSchema, response: settingsListedSchema },
  'list-facts': { query: listFactsSchema, response: factsListedSchema },
  'read-audit': { query: readAuditSchema, response: auditReadSchema },
};

/** The kinds of query. */
export const QUERY_KINDS = [
  'find-subjects',
  'list-settings',
  'list-facts',
  'read-audit',
] as const satisfies readonly QueryKind[];
