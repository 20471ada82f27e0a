import type { SettingValue } from '@popple/shared/contract/setting';
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type {
  AuditDetails,
  KarmaAnswer,
  KarmaChange,
  ModerationAnswer,
  SettingAnswer,
  UndoAnswer,
  UndoneChange,
} from './answer';
import { byteOrderedText, int64 } from './columns';
import { COUNTING_CHECKS } from './errors';
import { LEDGER_KINDS } from './ledger-kinds';

const KINDS = LEDGER_KINDS.map((kind) => `'${kind}'`).join(', ');

/**
 * The score: one row per guild and subject.
 *
 * An update changes `karma`, which is indexed, so it can never be a heap-only (HOT) update, and room left on the pages
 * by a fillfactor below 100 does not make it one. Measured with batches of 500 over hot subjects: no difference in
 * speed, WAL or size between 100, 80 and 70, for the table and for its indexes. So the defaults stay.
 */
export const karma = pgTable(
  'karma',
  {
    guildId: int64('guild_id').notNull(),
    /** The key: spellings that are one subject share it. */
    subject: byteOrderedText('subject').notNull(),
    /** The spelling first seen. */
    display: text('display').notNull(),
    karma: int64('karma').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.guildId, table.subject] }),
    // Both ends of a board: forward for the top, backward for the bottom. The direction is written out because
    // drizzle's desc() says NULLS LAST, which a plain ORDER BY ... DESC does not match, so every board would be sorted.
    index('karma_board').on(table.guildId, sql`${table.karma} DESC`, table.subject),
  ],
);

/**
 * The servers whose names are in `subject_name`: those with more subjects than a search reads from end to end, once somebody has
 * searched there (index-names.ts). A name costs its first change as much again to keep, which most servers need not pay.
 */
export const nameIndex = pgTable('name_index', {
  guildId: int64('guild_id').primaryKey(),
  /** Whether the names that were there before are in it too. */
  isComplete: boolean('is_complete').notNull().default(false),
});

/**
 * The names of those servers, to be searched: one row for each subject in `karma` that is not a member (members are found by
 * Discord). Triggers on `karma` add and remove them, in the transaction that does so to the subject, whichever statement it is.
 *
 * A table of its own, because rows here never change. Every update of a total makes a new version of its row, which is
 * entered into every index of its table again; an index for text anywhere in a name has an entry for each three characters.
 */
export const subjectName = pgTable(
  'subject_name',
  {
    guildId: int64('guild_id').notNull(),
    subject: byteOrderedText('subject').notNull(),
    /** As in `karma`. */
    display: text('display').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.guildId, table.subject] }),
    // New entries wait in a list of up to 4 MB (Postgres' default), to be sorted in together. A shorter list would make searches
    // some milliseconds quicker, and each new name nearly twice as dear.
    index('subject_name_grams').using('gin', sql`subject_name_grams(${table.guildId}, ${table.subject})`),
  ],
);

/**
 * What a server has chosen, a row for each setting (the keys are in @popple/shared/contract/setting). For a setting without a
 * row the fallback holds; so it does where the value is JSON's null, which is a choice that was taken back.
 */
export const setting = pgTable(
  'setting',
  {
    guildId: int64('guild_id').notNull(),
    key: byteOrderedText('key').notNull(),
    value: jsonb('value').$type<SettingValue | null>().notNull(),
    /** When the request was made that chose it, and which it is: an older one that arrives later must not undo it. */
    at: timestamp('at', { withTimezone: true }).notNull(),
    requestId: byteOrderedText('request_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.guildId, table.key] })],
);

/**
 * One row per request that changed something, written by the statement that changed it: the proof that it was applied,
 * and the answer to give again should it be delivered again.
 *
 * Request ids are keys and nothing else: the time of a request, for pruning, is `at`.
 * Requests that only ask (check-karma, check-board) have no row: asked again, they are answered anew.
 */
export const ledger = pgTable(
  'ledger',
  {
    requestId: byteOrderedText('request_id').primaryKey(),
    kind: text('kind', { enum: LEDGER_KINDS }).notNull(),
    guildId: int64('guild_id').notNull(),
    /** Where it was asked, if in a channel. */
    channelId: int64('channel_id'),
    /** Which member asked, if one did. */
    userId: int64('user_id'),
    /** When its cause happened, to the millisecond. */
    at: timestamp('at', { withTimezone: true }).notNull(),
    /** What was asked: what changed by how much, the setting chosen, or what a moderator wants. */
    changes: jsonb('changes')
      .$type<KarmaChange[] | UndoneChange[] | SettingAnswer | Record<string, unknown>>()
      .notNull(),
    answer: jsonb('answer').$type<KarmaAnswer | UndoAnswer | SettingAnswer | ModerationAnswer>().notNull(),
    appliedAt: timestamp('applied_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    check('ledger_kind', sql`${table.kind} IN (${sql.raw(KINDS)})`),
    index('ledger_at').on(table.at),
    // For whoever wants to know why theirs did not count: few rows have verdicts.
    index('ledger_judged').on(table.guildId, table.userId, table.at).where(sql`${table.answer} ? 'verdicts'`),
  ],
);

/** The lists of members with whom nothing counts: a moderator's, and their own choice. */
export const EXCLUSION_LISTS = ['blocked', 'opted-out'] as const;

/**
 * Members of a server with whom nothing counts, by list. A member who was taken off keeps the row, or an older request that
 * comes later would find nothing newer.
 */
export const exclusion = pgTable(
  'exclusion',
  {
    guildId: int64('guild_id').notNull(),
    list: text('list', { enum: EXCLUSION_LISTS }).notNull(),
    userId: int64('user_id').notNull(),
    isExcluded: boolean('is_excluded').notNull(),
    /** When the request was made that says so, and which it is: of two the later holds. */
    at: timestamp('at', { withTimezone: true }).notNull(),
    requestId: byteOrderedText('request_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.guildId, table.list, table.userId] })],
);

/**
 * What moderators did: one row for each of their requests, written by the statement that did it. Unlike the ledger it is kept,
 * and svc may only add to it.
 */
export const audit = pgTable(
  'audit',
  {
    guildId: int64('guild_id').notNull(),
    /** That of the request. */
    at: timestamp('at', { withTimezone: true }).notNull(),
    requestId: byteOrderedText('request_id').notNull(),
    kind: text('kind').notNull(),
    /** The member who asked, if one did. */
    userId: int64('user_id'),
    /** The operator who asked, if one did. */
    operator: text('operator'),
    /** On whom or what: the key of a subject. */
    target: text('target').notNull(),
    /** What else was asked, and what came of it. */
    details: jsonb('details').$type<AuditDetails>().notNull(),
    reason: text('reason'),
  },
  (table) => [primaryKey({ columns: [table.guildId, table.at, table.requestId] })],
);

/**
 * How many changes were counted of a subject in a day, or in a server in a minute. One row for each period, so that what is
 * delivered late is counted where it belongs.
 *
 * Whoever counts adds, and says up to which sum that is right; a sum beyond it is refused, with all of the statement.
 */
export const counter = pgTable(
  'counter',
  {
    /** The beginning of the minute; midnight UTC of the day's date, whatever the server's time zone. */
    period: timestamp('period', { withTimezone: true }).notNull(),
    guildId: int64('guild_id').notNull(),
    scope: byteOrderedText('scope').notNull(),
    /** The subject, or nothing. */
    key: byteOrderedText('key').notNull(),
    count: integer('count').notNull(),
    /** What the count was allowed to be when it was last written. */
    bound: integer('bound').notNull(),
  },
  (table) => [
    // The period comes first: what is counted now is together in the index, and what is pruned too.
    primaryKey({ columns: [table.period, table.guildId, table.scope, table.key] }),
    check(COUNTING_CHECKS.counter, sql`${table.count} <= ${table.bound}`),
  ],
);

/**
 * The last change of a member by a giver that counted, in servers with a cooldown. It is kept, because a cooldown may last
 * indefinitely.
 *
 * Whoever writes a version must have read the one before; else the version is 0, which is refused, with all of the
 * statement.
 */
export const cooldown = pgTable(
  'cooldown',
  {
    guildId: int64('guild_id').notNull(),
    giverId: int64('giver_id').notNull(),
    subject: byteOrderedText('subject').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    requestId: byteOrderedText('request_id').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.guildId, table.giverId, table.subject] }),
    check(COUNTING_CHECKS.pair, sql`${table.version} > 0`),
  ],
);

/**
 * One row per change that counted, written by the statement that counted it. Unlike the ledger it is kept, and read by
 * subject and by giver.
 *
 * In the database it is partitioned by month, which drizzle does not know: see the migration that made it. It has no key:
 * that a change is in it once is the ledger's doing, and a third B-tree would cost each change a tenth more. The changes of a
 * request are found by its time, in the few pages that were written then.
 *
 * Where givers have a quota, their changes of a day are numbered. Two workers may give two of them the same number, and one
 * is refused, with all of its statement: so no number is given twice, and none beyond the quota.
 */
export const journal = pgTable(
  'journal',
  {
    /** Midnight UTC of the day's date where the server is. */
    day: timestamp('day', { withTimezone: true }).notNull(),
    /** That of the request. */
    at: timestamp('at', { withTimezone: true }).notNull(),
    requestId: byteOrderedText('request_id').notNull(),
    /** Of the change in its request, from 1. */
    place: smallint('place').notNull(),
    guildId: int64('guild_id').notNull(),
    /** Which member changed it, if one did; of what is taken back, the member who had changed it. */
    giverId: int64('giver_id'),
    /** Which of the giver's changes of the day it is, from 1, in servers with a quota. */
    nth: integer('nth'),
    subject: byteOrderedText('subject').notNull(),
    /** By how much, as it counted. */
    delta: integer('delta').notNull(),
    /** Where it was asked, if in a channel. */
    channelId: int64('channel_id'),
    reason: text('reason'),
    /** The request that this one takes back. */
    undoes: byteOrderedText('undoes'),
  },
  (table) => [
    index('journal_at').using('brin', table.at).with({ pages_per_range: 8 }),
    index('journal_subject').on(table.guildId, table.subject, table.at),
    // For whoever erases the reasons of a message: few changes have any.
    index('journal_reason').on(table.requestId).where(sql`${table.reason} IS NOT NULL`),
    uniqueIndex('journal_giver').on(table.guildId, table.giverId, table.day, table.nth),
  ],
);

/**
 * What was undone: one row per request whose changes were taken back, kept indefinitely, so that they are once. The journal cannot say
 * so: what is unique in a partitioned table is so together with the day.
 */
export const undone = pgTable('undone', {
  requestId: byteOrderedText('request_id').primaryKey(),
  guildId: int64('guild_id').notNull(),
  /** The request that took them back, and its time. */
  undoneBy: byteOrderedText('undone_by').notNull(),
  at: timestamp('at', { withTimezone: true }).notNull(),
});
