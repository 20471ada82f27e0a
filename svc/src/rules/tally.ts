import type {
  Counted,
  CounterKey,
  CounterStep,
  GiverDay,
  LastChange,
  PairKey,
  PairStep,
} from '@popple/db/judging';
import { minuteOf } from './day';
import type { Proposal, Usage } from './proposal';
import type { RuleSettings } from './settings';

/** Lists what has to be read for a batch, each thing once, and says at which place in its list it is. */
export class WantedList {
  readonly givers: GiverDay[] = [];
  readonly counters: CounterKey[] = [];
  readonly pairs: PairKey[] = [];
  readonly #places = new Map<string, number>();

  /** The place of a giver's day, which is added when it is new. */
  giver(key: GiverDay): number {
    return this.#place(`giver ${key.day} ${key.guildId} ${key.giverId}`, this.givers, key);
  }

  /** The place of a counter, which is added when it is new. The key, which may have blanks, comes last in its name. */
  counter(key: CounterKey): number {
    return this.#place(`${key.scope} ${key.period} ${key.guildId} ${key.key}`, this.counters, key);
  }

  /** The place of a pair, which is added when it is new. */
  pair(key: PairKey): number {
    return this.#place(`pair ${key.guildId} ${key.giverId} ${key.subject}`, this.pairs, key);
  }

  #place<Key>(name: string, list: Key[], key: Key): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = list.push(key) - 1;
    this.#places.set(name, place);
    return place;
  }
}

/** A change that counted. */
type Last = Pick<LastChange, 'at' | 'id'>;

/** What was counted before a batch, and what the batch adds to it, change by change. All goes by its place in its list. */
export class Tally {
  readonly #wanted: WantedList;
  readonly #counted: Counted;
  /** By the place of a giver's day: how many the batch adds. */
  readonly #given = new Map<number, number>();
  /** By the place of a counter: how many the batch adds, and the limit they were added under. */
  readonly #added = new Map<number, { count: number; limit: number }>();
  /** By the place of a pair: its newest change, where the batch has one. */
  readonly #last = new Map<number, Last>();

  constructor(wanted: WantedList, counted: Counted) {
    this.#wanted = wanted;
    this.#counted = counted;
  }

  /** How many changes the giver made that day until now. */
  given(place: number): number {
    return (this.#counted.givers[place] ?? 0) + (this.#given.get(place) ?? 0);
  }

  /** How many were counted until now. */
  count(place: number): number {
    return (this.#counted.counters[place] ?? 0) + (this.#added.get(place)?.count ?? 0);
  }

  /** The newest change of a pair that counted until now. */
  last(place: number): Last | undefined {
    return this.#last.get(place) ?? this.#counted.pairs[place];
  }

  /** Counts one more of a giver on a day, and returns which it is, from 1. */
  give(place: number): number {
    this.#given.set(place, (this.#given.get(place) ?? 0) + 1);
    return this.given(place);
  }

  /** Counts one more, of at most `limit` as far as the rules allow. */
  add(place: number, limit: number): void {
    const added = this.#added.get(place);
    if (added === undefined) this.#added.set(place, { count: 1, limit });
    else added.count += 1;
  }

  /** Notes that a change of a pair counted. One that was read late does not become its newest. */
  pair(place: number, change: Last): void {
    const last = this.last(place);
    this.#last.set(place, last === undefined || last.at <= change.at ? change : last);
  }

  /** What the batch adds to counters. */
  counterSteps(): CounterStep[] {
    return [...this.#added].flatMap(([place, { count, limit }]) => {
      const key = this.#wanted.counters[place];
      if (key === undefined) return [];
      // Above the limit only where verdicts were told before, and hold: then by just as much as was decided here.
      return [{ ...key, count, bound: Math.max(limit, (this.#counted.counters[place] ?? 0) + count) }];
    });
  }

  /** What the batch makes of pairs. */
  pairSteps(): PairStep[] {
    return [...this.#last].flatMap(([place, { at, id }]) => {
      const key = this.#wanted.pairs[place];
      if (key === undefined) return [];
      return [{ ...key, at, id, version: (this.#counted.pairs[place]?.version ?? 0) + 1 }];
    });
  }
}

interface Limited {
  /** The place of the counter in the list of what is wanted. */
  counter: number;
  limit: number;
}

/** What a proposal counts against: only limits that are on. Givers' days and pairs are places in the list of what is wanted. */
export interface Limits {
  giver?: number;
  received?: Limited;
  inMinute?: Limited;
  pair?: number;
}

/** The limits of a server that a proposal of a day counts against. What was counted against them is put on the list. */
export function limitsOf(
  guildId: string,
  { at, giver, receiver, subject }: Proposal,
  day: number,
  { quota, receiverLimit, flood, cooldownMs }: RuleSettings,
  wanted: WantedList,
): Limits {
  const limits: Limits = {};
  if (quota > 0) limits.giver = wanted.giver({ guildId, giverId: giver.id, day });
  if (receiverLimit > 0) {
    const counter = wanted.counter({ guildId, scope: 'subject', key: subject, period: day });
    limits.received = { counter, limit: receiverLimit };
  }
  if (flood > 0) {
    const counter = wanted.counter({ guildId, scope: 'server', key: '', period: minuteOf(at).label });
    limits.inMinute = { counter, limit: flood };
  }
  if (receiver !== undefined && cooldownMs !== 0)
    limits.pair = wanted.pair({ guildId, giverId: giver.id, subject });
  return limits;
}

/** What was counted until now against the limits. */
export function usageOf({ giver, received, inMinute, pair }: Limits, tally: Tally): Usage {
  return {
    last: pair === undefined ? undefined : tally.last(pair),
    given: giver === undefined ? 0 : tally.given(giver),
    received: received === undefined ? 0 : tally.count(received.counter),
    inMinute: inMinute === undefined ? 0 : tally.count(inMinute.counter),
  };
}

/** Counts a change against the limits, and returns which of the giver's day it is, where that matters. */
export function countAgainst(
  { giver, received, inMinute, pair }: Limits,
  tally: Tally,
  change: { at: number; id: string },
): number | undefined {
  if (received !== undefined) tally.add(received.counter, received.limit);
  if (inMinute !== undefined) tally.add(inMinute.counter, inMinute.limit);
  if (pair !== undefined) tally.pair(pair, change);
  return giver === undefined ? undefined : tally.give(giver);
}
