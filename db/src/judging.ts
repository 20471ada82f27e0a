import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Verdict } from '@popple/shared/contract/verdict';

/** What a server has chosen, by the keys of settings. */
export type GuildSettings = Readonly<Record<string, unknown>>;

/** Names the changes of a giver on a day. */
export interface GiverDay {
  guildId: string;
  giverId: string;
  /** Midnight UTC of the day's date, whatever the server's time zone, in milliseconds since the Unix epoch. */
  day: number;
}

/** Names a count of changes: those of a subject on a day, or those in a server in a minute (the key is empty). */
export interface CounterKey {
  guildId: string;
  scope: 'subject' | 'server';
  key: string;
  /** Midnight UTC of the day's date, or the beginning of the minute, in milliseconds since the Unix epoch. */
  period: number;
}

/** Names what is remembered of the last change of a subject by a giver. */
export interface PairKey {
  guildId: string;
  giverId: string;
  subject: string;
}

/** The last change of a subject by a giver that counted. */
export interface LastChange {
  at: number;
  id: string;
  /** How often it was written: whoever writes the next must have read this one. */
  version: number;
}

/** What a decision depends on. */
export interface Wanted {
  givers: readonly GiverDay[];
  counters: readonly CounterKey[];
  pairs: readonly PairKey[];
}

/** What the database has of it, each list in the order of what was wanted. */
export interface Counted {
  /** How many changes of the giver were numbered on that day. */
  givers: readonly number[];
  counters: readonly number[];
  pairs: readonly (LastChange | undefined)[];
}

/** What was decided of a change. */
export interface JudgedChange {
  verdict: Verdict;
  /** The day it is of, as in `GiverDay`. */
  day: number;
  /**
   * Which of the giver's changes of the day it is, from 1, where that matters and it counts. If another worker gave one of them
   * this number, nothing that was decided with it holds.
   */
  nth?: number;
}

/** A counter goes up by `count`. If that takes it past `bound`, nothing that was decided with it holds. */
export interface CounterStep extends CounterKey {
  count: number;
  bound: number;
}

/** A pair's last change is this one. If another worker wrote the same version, nothing that was decided with it holds. */
export interface PairStep extends PairKey, LastChange {}

/** What is to be written of a batch. */
export interface Decision {
  /** Of each request, by its id: what was decided of its changes, in their order. */
  changes: ReadonlyMap<string, readonly JudgedChange[]>;
  counters: readonly CounterStep[];
  pairs: readonly PairStep[];
  /** A counter was at its limit before all of them were known: with the others, another limit might have been met first. */
  isGuess?: boolean;
}

/** A batch about which all is known but what was counted before it. */
export interface Prepared {
  wanted: Wanted;
  decide(counted: Counted): Decision;
}

/** Members of a server with whom nothing counts, by their ids. */
export interface Excluded {
  readonly blocked: ReadonlySet<string>;
  readonly optedOut: ReadonlySet<string>;
}

/**
 * Decides which changes of a batch count, in its order. A pure function: it is called again with what another worker
 * counted meanwhile. A server without an entry in `settings` has chosen nothing, and one without an entry in `excluded` excludes
 * nobody.
 */
export type Judge = (
  requests: readonly ChangeKarma[],
  settings: ReadonlyMap<string, GuildSettings>,
  excluded?: ReadonlyMap<string, Excluded>,
) => Prepared;

const DAY_MS = 86_400_000;

/** Where there are no rules: every change counts as it was asked for, and against nothing. Days are those of UTC. */
export const countAll: Judge = (requests) => ({
  wanted: { givers: [], counters: [], pairs: [] },
  decide: () => ({
    changes: new Map(
      requests.map(({ id, at, changes }) => {
        const day = Math.floor(at / DAY_MS) * DAY_MS;
        return [id, changes.map(({ delta }) => ({ verdict: { delta }, day }))];
      }),
    ),
    counters: [],
    pairs: [],
  }),
});
