import type { Excluded } from '@popple/db/judging';
import type { Preset } from '@popple/shared/contract/rule-settings';
import { choiceOf, fallbackOf, type SettingKey, type ValueOf } from '@popple/shared/contract/setting';

/** Who or what a rule lets through: with an allow-list only what is on it, and never what is on the deny-list. */
export interface AllowDeny {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** What a server has chosen of the rules, or its preset. Durations are in milliseconds; a limit of 0 is off. */
export interface RuleSettings {
  /** Ids of channels, categories and threads' parents. */
  readonly channels: AllowDeny;
  /** Members who may neither give nor receive. */
  readonly blocked: ReadonlySet<string>;
  /** Members about whom nothing counts, by their own choice. */
  readonly optedOut: ReadonlySet<string>;
  readonly giverRoles: AllowDeny;
  readonly receiverRoles: AllowDeny;
  readonly accountAgeMs: number;
  readonly memberAgeMs: number;
  readonly bots: 'refuse' | 'count';
  readonly self: 'refuse' | 'ignore' | 'penalty' | 'count';
  readonly negatives: 'on' | 'reason' | 'off';
  /** How long a giver waits before the same member can be given to again; with `once` no second change counts. */
  readonly cooldownMs: number | 'once';
  /** Most changes by one giver a day. */
  readonly quota: number;
  /** Most changes of one subject a day. */
  readonly receiverLimit: number;
  /** Most changes in the server a minute. */
  readonly flood: number;
  /** Most points by which one message changes one subject. */
  readonly maxAmount: number;
  /** IANA name of the zone in which the server's days begin. */
  readonly timeZone: string;
}

/** What servers have chosen of other things. */
type Choices = Readonly<Record<string, unknown>>;

/** The rules of a server by what it has chosen and whom it excludes, which may be nothing and nobody. */
export type RulesOf = (choices: Choices | undefined, excluded?: Excluded | undefined) => RuleSettings;

const SECOND_MS = 1_000;

/** The rules of a server by its choices, where `preset` holds if it has chosen none. */
function resolve(choices: Choices, preset: Preset): RuleSettings {
  const own = choiceOf('preset', choices) ?? preset;
  const chosen = <Key extends SettingKey>(key: Key): ValueOf<Key> =>
    choiceOf(key, choices) ?? fallbackOf(key, own);
  const cooldown = chosen('cooldown');
  return {
    channels: { allow: chosen('channels.allow'), deny: chosen('channels.deny') },
    blocked: new Set(),
    optedOut: new Set(),
    giverRoles: { allow: chosen('roles.give.allow'), deny: chosen('roles.give.deny') },
    receiverRoles: { allow: chosen('roles.receive.allow'), deny: chosen('roles.receive.deny') },
    accountAgeMs: chosen('account-age') * SECOND_MS,
    memberAgeMs: chosen('member-age') * SECOND_MS,
    bots: chosen('bots'),
    self: chosen('self'),
    // Two settings may ask for reasons; the rule is one.
    negatives:
      chosen('negatives') === 'on' && chosen('reasons') === 'require-for-negative'
        ? 'reason'
        : chosen('negatives'),
    cooldownMs: cooldown === 'once' ? cooldown : cooldown * SECOND_MS,
    quota: chosen('quota'),
    receiverLimit: chosen('receiver-limit'),
    flood: chosen('flood'),
    maxAmount: chosen('max-amount'),
    timeZone: chosen('time-zone'),
  };
}

/** What holds in a server that has chosen nothing, by the preset. */
export const PRESETS: Readonly<Record<Preset, RuleSettings>> = {
  relaxed: resolve({}, 'relaxed'),
  default: resolve({}, 'default'),
  strict: resolve({}, 'strict'),
};

/** What is made of a key, once for as long as somebody has the key. */
function once<Key extends WeakKey, Value>(known: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/**
 * The rules of servers by what they have chosen and whom they exclude, where `preset` (RULES_PRESET) holds if they have chosen
 * none. What a later release stored and this one does not allow is as if it was not chosen.
 */
export function rulesOf(preset: Preset): RulesOf {
  // A batch has the same choices, and the same lists of members, for all requests of a server.
  const byChoices = new WeakMap<Choices, RuleSettings>();
  const byExcluded = new WeakMap<Excluded, RuleSettings>();
  return (choices, excluded) => {
    const chosen =
      choices === undefined ? PRESETS[preset] : once(byChoices, choices, () => resolve(choices, preset));
    return excluded === undefined
      ? chosen
      : once(byExcluded, excluded, () => ({
          ...chosen,
          blocked: excluded.blocked,
          optedOut: excluded.optedOut,
        }));
  };
}
