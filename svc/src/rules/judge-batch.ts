import type { Decision, Judge, JudgedChange } from '@popple/db/judging';
import { userIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import { dayOf } from './day';
import { judgeCounting, judgeStatic } from './judge';
import { type Proposal, propose } from './proposal';
import type { RuleSettings, RulesOf } from './settings';
import { countAgainst, type Limits, limitsOf, Tally, usageOf, WantedList } from './tally';

export interface JudgeOptions {
  rulesOf: RulesOf;
  /** What members were told of the changes of a request, if they were: it holds, whatever the rules say now. */
  told?: (request: ChangeKarma) => readonly Verdict[] | undefined;
}

/** A change, and all that is known of it but what was counted before. */
interface Pending {
  request: ChangeKarma;
  day: number;
  /** What holds unless a counting rule refuses. */
  verdict: Verdict;
  /** Left out for a change that counts against nothing. */
  counting?: Counting;
}

/** What is needed to ask the counting rules. */
interface Counting {
  proposal: Proposal;
  settings: RuleSettings;
  limits: Limits;
  /** The verdict holds whatever they say. */
  wasTold: boolean;
}

function pendingOf(
  request: ChangeKarma,
  settings: RuleSettings,
  told: readonly Verdict[] | undefined,
  wanted: WantedList,
): Pending[] {
  const giverId = userIdOf(request.origin);
  const day = dayOf(request.at, settings.timeZone).label;
  // What no member asks for, but an operator, is not subject to the rules of members.
  if (giverId === undefined)
    return request.changes.map(({ delta }, index) => ({ request, day, verdict: told?.[index] ?? { delta } }));
  return propose(request, giverId).map((proposal, index) => {
    const toldVerdict = told?.[index];
    const verdict = toldVerdict ?? judgeStatic(proposal, settings);
    if (isRefused(verdict)) return { request, day, verdict };
    const limits = limitsOf(request.guildId, proposal, day, settings, wanted);
    const counting = { proposal, settings, limits, wasTold: toldVerdict !== undefined };
    return { request, day, verdict, counting };
  });
}

/** What comes of one change, which is counted if it counts. */
function decideOne({ request, day, verdict, counting }: Pending, tally: Tally): JudgedChange {
  if (counting === undefined) return { verdict, day };
  const { proposal, settings, limits, wasTold } = counting;
  const refused = wasTold ? undefined : judgeCounting(proposal, settings, usageOf(limits, tally));
  if (refused !== undefined) return { verdict: refused, day };
  const nth = countAgainst(limits, tally, { at: proposal.at, id: request.id });
  return nth === undefined ? { verdict, day } : { verdict, day, nth };
}

/** The rules that look at counters. */
const isOfCounter = ({ verdict }: JudgedChange) =>
  isRefused(verdict) && (verdict.refused === 'receiver-limit' || verdict.refused === 'flood');

function decideAll(pending: readonly Pending[], tally: Tally, knowsCounters: boolean): Decision {
  const changes = new Map<string, JudgedChange[]>();
  for (const one of pending) {
    const judged = decideOne(one, tally);
    const before = changes.get(one.request.id);
    if (before === undefined) changes.set(one.request.id, [judged]);
    else before.push(judged);
  }
  return {
    changes,
    counters: tally.counterSteps(),
    pairs: tally.pairSteps(),
    isGuess: !knowsCounters && [...changes.values()].some((judged) => judged.some(isOfCounter)),
  };
}

/**
 * What decides which changes count, by the rules of their servers: each change on its own, in the order of the batch, each
 * with what those before it counted.
 */
export function judgeBatch({ rulesOf, told }: JudgeOptions): Judge {
  return (requests, chosen, excluded) => {
    const wanted = new WantedList();
    const pending = requests.flatMap((request) => {
      const rules = rulesOf(chosen.get(request.guildId), excluded?.get(request.guildId));
      return pendingOf(request, rules, told?.(request), wanted);
    });
    return {
      wanted,
      decide: (counted) =>
        decideAll(pending, new Tally(wanted, counted), counted.counters.length === wanted.counters.length),
    };
  };
}
