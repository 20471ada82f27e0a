import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { RefusedByRule, Verdict } from '@popple/shared/contract/verdict';
import { dayOf, minuteOf } from './day';
import type { Proposal, Usage } from './proposal';
import type { AllowDeny, RuleSettings } from './settings';

/** A rule that looks at the proposal alone. */
type StaticRule = (proposal: Proposal, settings: RuleSettings) => RefusedByRule | undefined;

/** A rule that looks at what was counted before. */
type CountingRule = (proposal: Proposal, settings: RuleSettings, usage: Usage) => RefusedByRule | undefined;

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
const STATIC_RULES: readonly StaticRule[] = [channel, giver, age, receiver, self, negative];

const cooldown: CountingRule = ({ at, receiver }, { cooldownMs }, { last }) => {
  if (receiver === undefined || cooldownMs === 0 || last === undefined) return undefined;
  if (cooldownMs === 'once') return { refused: 'cooldown', earlier: last.id };
  // A message that was read late may be older than the newest that counted.
  if (Math.abs(at - last.at) >= cooldownMs) return undefined;
  return { refused: 'cooldown', until: last.at + cooldownMs, earlier: last.id };
};

const quota: CountingRule = ({ at }, settings, { given }) =>
  settings.quota > 0 && given >= settings.quota
    ? { refused: 'quota', until: dayOf(at, settings.timeZone).end }
    : undefined;

const receiverLimit: CountingRule = ({ at }, settings, { received }) =>
  settings.receiverLimit > 0 && received >= settings.receiverLimit
    ? { refused: 'receiver-limit', until: dayOf(at, settings.timeZone).end }
    : undefined;

const flood: CountingRule = ({ at }, settings, { inMinute }) =>
  settings.flood > 0 && inMinute >= settings.flood
    ? { refused: 'flood', until: minuteOf(at).end }
    : undefined;

/** The rules that look at what was counted before, the first that refuses first. */
const COUNTING_RULES: readonly CountingRule[] = [cooldown, quota, receiverLimit, flood];

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
