import type { RefusedByRule, Verdict } from '@popple/shared/contract/verdict';
import { COUNTING_RULES } from './counting-rules';
import type { Proposal, Usage } from './proposal';
import type { RuleSettings } from './settings';
import { STATIC_RULES } from './static-rules';

/** By how much a proposal changes karma when it counts. */
function deltaOf({ giver, receiver, delta }: Proposal, { self, maxAmount }: RuleSettings): number {
  if (self === 'penalty' && receiver?.id === giver.id) return -1;
  return maxAmount === 0 ? delta : Math.max(-maxAmount, Math.min(maxAmount, delta));
}

/** What the static rules say of a proposal: refused, or that it counts unless a counting rule refuses it. */
export function judgeStatic(proposal: Proposal, settings: RuleSettings): Verdict {
  for (const rule of STATIC_RULES) {
    const refused = rule(proposal, settings);
    if (refused !== undefined) return refused;
  }
  const delta = deltaOf(proposal, settings);
  return delta === proposal.delta ? { delta } : { delta, asked: proposal.delta };
}

/** What the counting rules say of a proposal that the static rules let pass: the first refusal. */
export function judgeCounting(
  proposal: Proposal,
  settings: RuleSettings,
  usage: Usage,
): RefusedByRule | undefined {
  for (const rule of COUNTING_RULES) {
    const refused = rule(proposal, settings, usage);
    if (refused !== undefined) return refused;
  }
  return undefined;
}
