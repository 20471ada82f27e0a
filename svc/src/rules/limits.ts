import { minuteOf } from './day';
import type { Proposal, Usage } from './proposal';
import type { RuleSettings } from './settings';
import type { Tally, WantedList } from './tally';

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
