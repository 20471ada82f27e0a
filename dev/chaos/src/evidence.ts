import type { Verdict } from '@popple/shared/contract/verdict';

/** A row of the score. */
export interface KarmaRow {
  readonly guildId: string;
  readonly subject: string;
  readonly karma: bigint;
}

/** A total in a reply. */
export interface AnsweredTotal {
  readonly display: string;
  readonly karma: string;
}

/** A row of the ledger. */
export interface LedgerRow {
  readonly id: string;
  readonly kind: string;
  /** Of a change of karma; undefined for another kind. */
  readonly totals: readonly AnsweredTotal[] | undefined;
  readonly announce: boolean;
  /** Of each change in the request's order; undefined where each counts as it was asked for. */
  readonly verdicts?: readonly Verdict[] | undefined;
  /** Of an undo: the message that is undone since; undefined where there was nothing to undo. */
  readonly undoes?: string | undefined;
  /** When its cause happened, in milliseconds since the Unix epoch. */
  readonly at?: number;
}

/** The id of the request that a deletion of a message makes. */
export function deletionId(messageId: string): string {
  return `deletion.${messageId}`;
}

/** A row of the journal: a change that counted. Times are in milliseconds since the Unix epoch. */
export interface JournalRow {
  readonly id: string;
  /** Of the change in its request, from 1. */
  readonly place: number;
  readonly guildId: string;
  readonly giverId: string | null;
  /** Which of the giver's changes of the day it is; null where there is no quota. */
  readonly nth: number | null;
  readonly subject: string;
  readonly delta: number;
  readonly at: number;
  /** Midnight UTC of the date in the guild's time zone. */
  readonly day: number;
  readonly reason: string | null;
  /** The request that this one takes back. */
  readonly undoes?: string | null;
}

/** What a worker published of a change of karma, or of an undo. */
export interface ToldEvent {
  readonly kind: string;
  readonly at?: number | undefined;
  readonly undoes?: string | undefined;
  readonly announce?: boolean | undefined;
  readonly totals?: readonly AnsweredTotal[] | undefined;
  readonly verdicts?: readonly Verdict[] | undefined;
}

/** Something the bot said. */
export interface BotMessage {
  readonly id: string;
  readonly channelId: string;
  readonly replyToId: string | null;
  readonly content: string;
}

/** A message the bot reacted to. */
export interface BotReaction {
  readonly messageId: string;
  readonly emoji: string;
}

/** A dead letter. `id` is the Nats-Msg-Id of the message. */
export interface DeadRecord {
  readonly id: string;
  readonly origin: string;
  readonly reason: string;
}

/** Everything that is there when a run is over: the database, the chat, the dead letters. */
export interface Evidence {
  readonly karma: readonly KarmaRow[];
  readonly ledger: readonly LedgerRow[];
  readonly journal: readonly JournalRow[];
  /** What was published about each request while the run lasted, by its id: also what the stream dropped or lost. */
  readonly told: ReadonlyMap<string, readonly ToldEvent[]>;
  /** Guilds that chose about announcements. */
  readonly announcements: ReadonlyMap<string, boolean>;
  readonly messages: readonly BotMessage[];
  readonly reactions: readonly BotReaction[];
  readonly dead: readonly DeadRecord[];
  /** How often the stream of requests, and that of events, holds each id. */
  readonly requestsInStream: ReadonlyMap<string, number>;
  readonly eventsInStream: ReadonlyMap<string, number>;
  /** Requests that Discord was sent, and those past the limit of the token. */
  readonly requests: number;
  readonly globallyLimited: number;
  /** How often a bot began to run: it does not know what its predecessor has just sent. */
  readonly botStarts: number;
}

/** Something that is not as it must be. */
export interface Finding {
  /** Which promise is broken; the same word for the same kind of finding. */
  readonly kind:
    | 'total'
    | 'running-totals'
    | 'ledger'
    | 'rule'
    | 'told'
    | 'undo'
    | 'announcement'
    | 'reply-missing'
    | 'reply-twice'
    | 'reply-wrong'
    | 'reply-unasked'
    | 'reaction'
    | 'dead-missing'
    | 'dead-twice'
    | 'dead-unasked'
    | 'never-published'
    | 'starved'
    | 'rate-limit'
    | 'gateway'
    | 'not-drained';
  readonly problem: string;
  /** The messages concerned, as far as they are known. */
  readonly ids: readonly string[];
}
