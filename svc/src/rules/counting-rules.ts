import { dayOf, minuteOf } from './day';
import type { CountingRule } from './proposal';

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
export const COUNTING_RULES: readonly CountingRule[] = [cooldown, quota, receiverLimit, flood];
