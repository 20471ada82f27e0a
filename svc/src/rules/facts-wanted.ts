import type { AllowDeny, RuleSettings } from './settings';

/** What the rules of a server look at, beside what every request carries. */
export interface FactsWanted {
  channelParents: boolean;
  giverRoles: boolean;
  joinedAt: boolean;
  receiverRoles: boolean;
}

const isUsed = ({ allow, deny }: AllowDeny) => allow.length + deny.length > 0;

/** Which facts the rules look at: what else may be unknown changes no verdict. */
export function factsWanted(rules: RuleSettings): FactsWanted {
  return {
    channelParents: isUsed(rules.channels),
    giverRoles: isUsed(rules.giverRoles),
    joinedAt: rules.memberAgeMs > 0,
    receiverRoles: isUsed(rules.receiverRoles),
  };
}
