import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { RefusedByRule } from '@popple/shared/contract/verdict';
import type { StaticRule } from './proposal';
import type { AllowDeny } from './settings';

/** What is not known is on no list: it passes a deny-list, and not an allow-list. */
function passes({ allow, deny }: AllowDeny, known: readonly string[] = []): boolean {
  if (known.some((one) => deny.includes(one))) return false;
  return allow.length === 0 || known.some((one) => allow.includes(one));
}

function untilOldEnough(since: number | undefined, ageMs: number, at: number): number | undefined {
  if (since === undefined || ageMs === 0 || at >= since + ageMs) return undefined;
  return since + ageMs;
}

const channel: StaticRule = ({ channels }, settings) =>
  passes(settings.channels, channels) ? undefined : { refused: 'channel' };

const giver: StaticRule = ({ giver: { id, roles } }, { blocked, optedOut, giverRoles }) => {
  if (blocked.has(id)) return { refused: 'giver-blocked' };
  if (optedOut.has(id)) return { refused: 'giver-opted-out' };
  return passes(giverRoles, roles) ? undefined : { refused: 'giver-role' };
};

const age: StaticRule = ({ at, giver: { id, joinedAt } }, { accountAgeMs, memberAgeMs }) => {
  const account = accountAgeMs === 0 ? undefined : untilOldEnough(snowflakeTimeMs(id), accountAgeMs, at);
  if (account !== undefined) return { refused: 'account-age', until: account };
  const member = untilOldEnough(joinedAt, memberAgeMs, at);
  return member === undefined ? undefined : { refused: 'member-age', until: member };
};

const receiver: StaticRule = ({ receiver: member }, { bots, blocked, optedOut, receiverRoles }) => {
  if (member === undefined) return undefined;
  if (member.isBot && bots === 'refuse') return { refused: 'receiver-bot' };
  if (blocked.has(member.id)) return { refused: 'receiver-blocked' };
  if (optedOut.has(member.id)) return { refused: 'receiver-opted-out' };
  return passes(receiverRoles, member.roles) ? undefined : { refused: 'receiver-role' };
};

const REFUSED_SELF: Partial<Record<string, RefusedByRule>> = {
  refuse: { refused: 'self' },
  ignore: { refused: 'self-ignored' },
};

const self: StaticRule = (proposal, settings) =>
  proposal.receiver?.id === proposal.giver.id ? REFUSED_SELF[settings.self] : undefined;

const negative: StaticRule = ({ delta, hasReason }, { negatives }) => {
  if (delta > 0 || negatives === 'on') return undefined;
  if (negatives === 'off') return { refused: 'negative' };
  return hasReason ? undefined : { refused: 'negative-without-reason' };
};

/**
 * The rules that look at the request alone, the first that refuses first. That bots, webhooks and system messages never
 * count (rule 1) is decided by the bot, which makes no request of them.
 */
export const STATIC_RULES: readonly StaticRule[] = [channel, giver, age, receiver, self, negative];
