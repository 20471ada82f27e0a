import type { Evidence, Finding } from './evidence';

/**
 * Requests past the limit that a bot which has just started, or learns how many share the budget, may make: the
 * budget of a second, used again.
 */
const EXCESS_PER_START = 50;

/**
 * Whether all bots together kept the limit of the token. Bots that each take it for their own exceed it for as long as
 * there is much to say.
 * @see https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
 */
export function verifyLimits({ globallyLimited, botStarts }: Evidence): Finding[] {
  const most = EXCESS_PER_START * botStarts;
  if (globallyLimited <= most) return [];
  const problem = `${globallyLimited} requests were past the limit of the token, for ${botStarts} starts of bots at most ${most} are understood`;
  return [{ kind: 'rate-limit', problem, ids: [] }];
}
