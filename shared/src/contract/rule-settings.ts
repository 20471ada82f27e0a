import { z } from 'zod';
import { snowflakeSchema } from './ids';
import { MAX_DELTA } from './limits';
import type { Setting, SettingValue } from './setting-value';

/** The names of the presets: what holds in a server that has chosen nothing else. */
export const PRESETS = ['relaxed', 'default', 'strict'] as const;
export type Preset = (typeof PRESETS)[number];

const YEAR_S = 366 * 86_400;
const DAY_S = 86_400;
/** Most channels or roles on a list. */
const MAX_LISTED = 250;
/** Far more than anybody counts in a day. */
const MAX_LIMIT = 1_000_000;

const limit = z.int().min(0).max(MAX_LIMIT);
const seconds = z.int().min(0).max(YEAR_S);
const ids = z.array(snowflakeSchema).max(MAX_LISTED);

/** Whether this machine knows a time zone by this name. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** A setting whose default depends on the preset; the fallback is that of the preset `default`. */
const rule = <Value extends SettingValue>(
  one: Setting<Value> & { presets?: { relaxed?: Value; strict?: Value } },
) => one;

/** The rules of a server, by which changes of karma count or do not. */
export const RULE_SETTINGS = {
  preset: rule<Preset>({
    schema: z.enum(PRESETS),
    fallback: 'default',
    about: 'which defaults the other rules have; without a choice RULES_PRESET says',
  }),
  self: rule<'refuse' | 'ignore' | 'penalty' | 'count'>({
    schema: z.enum(['refuse', 'ignore', 'penalty', 'count']),
    fallback: 'refuse',
    about: 'what becomes of changes of one’s own karma',
  }),
  bots: rule<'refuse' | 'count'>({
    schema: z.enum(['refuse', 'count']),
    fallback: 'refuse',
    about: 'what becomes of changes of the karma of bots',
  }),
  cooldown: rule<number | 'once'>({
    schema: z.union([seconds, z.literal('once')]),
    fallback: 60,
    presets: { relaxed: 0, strict: 1_800 },
    about:
      'seconds until a member can change the same member’s karma again; 0 is off, once lets no second one count',
  }),
  quota: rule<number>({
    schema: limit,
    fallback: 50,
    presets: { relaxed: 0, strict: 10 },
    about: 'most changes by one member a day; 0 is off',
  }),
  'receiver-limit': rule<number>({
    schema: limit,
    fallback: 0,
    about: 'most changes of one subject a day; 0 is off',
  }),
  flood: rule<number>({
    schema: limit,
    fallback: 300,
    presets: { relaxed: 0 },
    about: 'most changes in the server a minute; 0 is off',
  }),
  negatives: rule<'on' | 'reason' | 'off'>({
    schema: z.enum(['on', 'reason', 'off']),
    fallback: 'on',
    presets: { strict: 'off' },
    about: 'whether -- counts, always or with a reason',
  }),
  reasons: rule<'keep' | 'require-for-negative' | 'off'>({
    schema: z.enum(['keep', 'require-for-negative', 'off']),
    fallback: 'keep',
    about:
      'whether reasons are kept; require-for-negative keeps them and lets no -- count without one, as negatives reason does',
  }),
  'max-amount': rule<number>({
    schema: z.int().min(0).max(MAX_DELTA),
    fallback: 5,
    presets: { relaxed: 0, strict: 1 },
    about: 'most points by which a message changes one subject; 0 is no limit',
  }),
  'account-age': rule<number>({
    schema: seconds,
    fallback: 0,
    presets: { strict: 7 * DAY_S },
    about: 'seconds that the account of who gives must have existed',
  }),
  'member-age': rule<number>({
    schema: seconds,
    fallback: 0,
    presets: { strict: DAY_S },
    about: 'seconds that who gives must have been a member',
  }),
  'channels.allow': rule<string[]>({
    schema: ids,
    fallback: [],
    about: 'channels and categories in which alone changes count, by id',
  }),
  'channels.deny': rule<string[]>({
    schema: ids,
    fallback: [],
    about: 'channels and categories in which changes do not count, by id',
  }),
  'roles.give.allow': rule<string[]>({
    schema: ids,
    fallback: [],
    about: 'roles that alone may give, by id',
  }),
  'roles.give.deny': rule<string[]>({ schema: ids, fallback: [], about: 'roles that may not give, by id' }),
  'roles.receive.allow': rule<string[]>({
    schema: ids,
    fallback: [],
    about: 'roles that alone may receive, by id',
  }),
  'roles.receive.deny': rule<string[]>({
    schema: ids,
    fallback: [],
    about: 'roles that may not receive, by id',
  }),
  'time-zone': rule<string>({
    schema: z.string().max(64).refine(isTimeZone, 'expected a time zone, such as Europe/Berlin'),
    fallback: 'UTC',
    about: 'where the server’s days begin, such as Europe/Berlin',
  }),
};
