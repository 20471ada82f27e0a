import type { SettingKey, SettingValue } from '@popple/shared/contract/setting';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import type { Change } from './chat-step';
import type { Profile } from './topology';

/*
 * The rules of the guilds, written down a second time: nothing here is taken from svc, so that an error there is not repeated
 * here.
 */

/** What limits the changes of a guild beside that nobody changes their own karma or that of bots. 0 is no limit. */
export interface Rules {
  /** How long a member waits before they change the karma of the same member again. */
  readonly cooldownMs: number;
  /** Most changes by one member a day. */
  readonly quota: number;
  /** Most changes of one subject a day. */
  readonly receiverLimit: number;
  /** Most changes in the guild a minute. */
  readonly flood: number;
  /** Most points by which a message changes one subject. */
  readonly maxAmount: number;
  readonly timeZone: string;
}

const RELAXED: Rules = {
  cooldownMs: 0,
  quota: 0,
  receiverLimit: 0,
  flood: 0,
  maxAmount: 0,
  timeZone: 'UTC',
};

/** What holds where nobody has chosen anything. */
const DEFAULT: Rules = { ...RELAXED, cooldownMs: 60_000, quota: 50, flood: 300, maxAmount: 5 };

/** Small enough that a run meets each of them, in a zone whose days begin at no full hour. */
const LIMITED: Rules = {
  cooldownMs: 10_000,
  quota: 4,
  receiverLimit: 10,
  flood: 25,
  maxAmount: 2,
  timeZone: 'Pacific/Chatham',
};

export const RULES: Readonly<Record<Profile, Rules>> = {
  loud: RELAXED,
  quiet: DEFAULT,
  moody: DEFAULT,
  curious: RELAXED,
  limited: LIMITED,
};

/** What a guild has to choose so that its rules hold. */
export const CHOICES: Readonly<Record<Profile, Partial<Record<SettingKey, SettingValue>>>> = {
  loud: { preset: 'relaxed' },
  quiet: {},
  moody: {},
  curious: { preset: 'relaxed' },
  limited: {
    cooldown: LIMITED.cooldownMs / 1_000,
    quota: LIMITED.quota,
    'receiver-limit': LIMITED.receiverLimit,
    flood: LIMITED.flood,
    'max-amount': LIMITED.maxAmount,
    'time-zone': LIMITED.timeZone,
  },
};

/** Whether which changes count depends on what else did. */
export function isCounting({ cooldownMs, quota, receiverLimit, flood }: Rules): boolean {
  return cooldownMs + quota + receiverLimit + flood > 0;
}

const MENTION = /^<@(\d+)>$/;

/** The member that a subject is; undefined for a thing. */
export function memberIn(subject: string): string | undefined {
  return MENTION.exec(subject)?.[1];
}

/** What holds of a change unless something that counted before it refuses it. */
export function staticVerdict(
  { maxAmount }: Rules,
  authorId: string,
  { subject, delta }: Change,
  robots: ReadonlySet<string>,
): Verdict {
  const receiver = memberIn(subject);
  if (receiver !== undefined && robots.has(receiver)) return { refused: 'receiver-bot' };
  if (receiver === authorId) return { refused: 'self' };
  if (maxAmount === 0 || Math.abs(delta) <= maxAmount) return { delta };
  return { delta: Math.sign(delta) * maxAmount, asked: delta };
}

/** A day or a minute: what names it in the database, and when it ends, in milliseconds since the Unix epoch. */
export interface Period {
  readonly label: number;
  readonly end: number;
}

const MINUTE_MS = 60_000;
/** No day is longer. */
const LONGEST_DAY_MS = 26 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();
/** The days that were asked for, in each zone. */
const days = new Map<string, (Period & { readonly begin: number })[]>();

/** The date of a time in a zone, as midnight UTC of that date. */
function dateOf(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 0) - 1, parts.get('day') ?? 0);
}

/** Of the times from one that has a date to one that has another: the one nearest to the first that has another. */
function border(inside: number, outside: number, timeZone: string): number {
  const label = dateOf(inside, timeZone);
  let [near, far] = [inside, outside];
  while (Math.abs(far - near) > 1) {
    const middle = Math.floor((near + far) / 2);
    if (dateOf(middle, timeZone) === label) near = middle;
    else far = middle;
  }
  return far;
}

/** The day of a time in a zone. Its ends are searched for: the nearest times that have another date. */
export function dayOf(at: number, timeZone: string): Period {
  const known = days.get(timeZone) ?? [];
  days.set(timeZone, known);
  let day = known.find(({ begin, end }) => begin <= at && at < end);
  if (day === undefined) {
    const begin = border(at, at - LONGEST_DAY_MS, timeZone) + 1;
    const end = border(at, at + LONGEST_DAY_MS, timeZone);
    day = { label: dateOf(at, timeZone), begin, end };
    known.push(day);
  }
  return { label: day.label, end: day.end };
}

/** The minute of a time. */
export function minuteOf(at: number): Period {
  const label = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return { label, end: label + MINUTE_MS };
}

/** How the first refusal that is shown looks in chat. */
export function reactionTo(verdicts: readonly Verdict[]): string {
  const [first] = verdicts.filter(isRefused);
  if (first === undefined) return '';
  if (first.refused === 'self') return '🙃';
  return ['cooldown', 'quota', 'receiver-limit', 'flood'].includes(first.refused) ? '⏳' : '🚫';
}
