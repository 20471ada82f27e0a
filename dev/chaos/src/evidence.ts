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
