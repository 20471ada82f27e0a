import { z } from 'zod';
import { snowflakeSchema, timestampSchema } from './ids';
import { MAX_FOUND_SUBJECTS, MAX_SETTING_KEY_LENGTH, MAX_SETTINGS, MAX_SUBJECT_LENGTH } from './limits';
import { open } from './open';
import { isPrintable } from './printable';
import { settingValueSchema } from './setting';
import { displaySchema } from './subject';

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
};

/** The kinds of query. */
export const QUERY_KINDS = [
  'find-subjects',
  'list-settings',
  'list-facts',
] as const satisfies readonly QueryKind[];
