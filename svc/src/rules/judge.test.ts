import { describe, expect, test } from 'bun:test';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import { judgeCounting, judgeStatic } from './judge';
import type { Proposal, Usage } from './proposal';
import { PRESETS, type RuleSettings } from './settings';

/* In the order of the rules. An example is what differs from a change that counts, and what is said of it. */

const AT = Date.UTC(2026, 10, 25, 12, 0, 30);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A member whose account is as old as this before AT. */
const member = (ageMs: number) => String(BigInt(snowflakeAt(AT - ageMs)) + 1n);
const ALICE = member(400 * DAY_MS);
const BOB = member(500 * DAY_MS);

interface Case {
  proposal?: Partial<Proposal>;
  settings?: Partial<RuleSettings>;
  usage?: Partial<Usage>;
}

const THING: Proposal = {
  at: AT,
  channels: ['20', '21', '22'],
  giver: { id: ALICE },
  subject: 'the build',
  delta: 1,
  hasReason: false,
};
const GIVING_BOB: Partial<Proposal> = { subject: `<@${BOB}>`, receiver: { id: BOB } };
const GIVING_ALICE: Partial<Proposal> = { subject: `<@${ALICE}>`, receiver: { id: ALICE } };
const TAKING = { delta: -1 };

function verdictOf({ proposal, settings, usage }: Case, base: RuleSettings = PRESETS.default): Verdict {
  const [proposed, rules] = [
    { ...THING, ...proposal },
    { ...base, ...settings },
  ];
  const verdict = judgeStatic(proposed, rules);
  if (isRefused(verdict)) return verdict;
  return judgeCounting(proposed, rules, { given: 0, received: 0, inMinute: 0, ...usage }) ?? verdict;
}

type Example = readonly [what: string, given: Case, verdict: Verdict];
const UP: Verdict = { delta: 1 };
const DOWN: Verdict = { delta: -1 };
const ONLY = (...allow: string[]) => ({ allow, deny: [] });
const NOT = (...deny: string[]) => ({ allow: [], deny });

const channels: Example[] = [
  ['any channel, unless something is chosen', {}, UP],
  ['a channel that is allowed', { settings: { channels: ONLY('20', '99') } }, UP],
  ['a thread of a parent that is allowed', { settings: { channels: ONLY('21') } }, UP],
  ['a channel of a category that is allowed', { settings: { channels: ONLY('22') } }, UP],
  ['another channel', { settings: { channels: ONLY('99') } }, { refused: 'channel' }],
  ['a channel that is denied', { settings: { channels: NOT('20') } }, { refused: 'channel' }],
  ['a category that is denied', { settings: { channels: NOT('22') } }, { refused: 'channel' }],
  [
    'a denied thread in an allowed channel',
    { settings: { channels: { allow: ['21'], deny: ['20'] } } },
    { refused: 'channel' },
  ],
  [
    'a parent that is not known, where only the parent is allowed',
    { proposal: { channels: ['20'] }, settings: { channels: ONLY('21') } },
    { refused: 'channel' },
  ],
];

const ROLES = { giver: { id: ALICE, roles: ['31', '32'] } };
const givers: Example[] = [
  ['a blocked giver', { settings: { blocked: new Set([ALICE]) } }, { refused: 'giver-blocked' }],
  ['a giver who opted out', { settings: { optedOut: new Set([ALICE]) } }, { refused: 'giver-opted-out' }],
  ['a role that may', { proposal: ROLES, settings: { giverRoles: ONLY('32') } }, UP],
  ['no role that may', { proposal: ROLES, settings: { giverRoles: ONLY('33') } }, { refused: 'giver-role' }],
  [
    'a role that may not',
    { proposal: ROLES, settings: { giverRoles: NOT('31') } },
    { refused: 'giver-role' },
  ],
  ['unknown roles, where some may', { settings: { giverRoles: ONLY('32') } }, { refused: 'giver-role' }],
  ['unknown roles, where some may not', { settings: { giverRoles: NOT('31') } }, UP],
];

const WEEK_MS = 7 * DAY_MS;
const joined = (ageMs: number) => ({ giver: { id: ALICE, joinedAt: AT - ageMs } });
const ages: Example[] = [
  ['an old account', { settings: { accountAgeMs: WEEK_MS } }, UP],
  [
    'an account that is just old enough',
    { proposal: { giver: { id: member(WEEK_MS) } }, settings: { accountAgeMs: WEEK_MS } },
    UP,
  ],
  [
    'an account that is a moment too young',
    { proposal: { giver: { id: member(WEEK_MS - 1) } }, settings: { accountAgeMs: WEEK_MS } },
    { refused: 'account-age', until: AT + 1 },
  ],
  ['a member for long enough', { proposal: joined(DAY_MS), settings: { memberAgeMs: DAY_MS } }, UP],
  [
    'a member since yesterday',
    { proposal: joined(DAY_MS / 2), settings: { memberAgeMs: DAY_MS } },
    { refused: 'member-age', until: AT + DAY_MS / 2 },
  ],
  ['a membership that is not known', { settings: { memberAgeMs: DAY_MS } }, UP],
];

const toBob = (facts: Partial<NonNullable<Proposal['receiver']>>) => ({
  ...GIVING_BOB,
  receiver: { id: BOB, ...facts },
});
const receivers: Example[] = [
  ['a member', { proposal: GIVING_BOB }, UP],
  ['a bot', { proposal: toBob({ isBot: true }) }, { refused: 'receiver-bot' }],
  ['a bot, where bots count', { proposal: toBob({ isBot: true }), settings: { bots: 'count' } }, UP],
  [
    'a blocked member',
    { proposal: GIVING_BOB, settings: { blocked: new Set([BOB]) } },
    { refused: 'receiver-blocked' },
  ],
  [
    'a member who opted out',
    { proposal: GIVING_BOB, settings: { optedOut: new Set([BOB]) } },
    { refused: 'receiver-opted-out' },
  ],
  ['a role that may', { proposal: toBob({ roles: ['41'] }), settings: { receiverRoles: ONLY('41') } }, UP],
  [
    'a role that may not',
    { proposal: toBob({ roles: ['41'] }), settings: { receiverRoles: NOT('41') } },
    { refused: 'receiver-role' },
  ],
  [
    'unknown roles, where some may',
    { proposal: GIVING_BOB, settings: { receiverRoles: ONLY('41') } },
    { refused: 'receiver-role' },
  ],
  ['a thing, which has no roles', { settings: { receiverRoles: ONLY('41') } }, UP],
];

const selves: Example[] = [
  ['oneself', { proposal: GIVING_ALICE }, { refused: 'self' }],
  ['against oneself', { proposal: { ...GIVING_ALICE, ...TAKING } }, { refused: 'self' }],
  [
    'oneself, to be ignored',
    { proposal: GIVING_ALICE, settings: { self: 'ignore' } },
    { refused: 'self-ignored' },
  ],
  ['oneself, where that counts', { proposal: GIVING_ALICE, settings: { self: 'count' } }, UP],
  [
    'oneself, at a price',
    { proposal: { ...GIVING_ALICE, delta: 3 }, settings: { self: 'penalty' } },
    { delta: -1, asked: 3 },
  ],
  [
    'against oneself, at a price',
    { proposal: { ...GIVING_ALICE, delta: -3 }, settings: { self: 'penalty' } },
    { delta: -1, asked: -3 },
  ],
];

const negatives: Example[] = [
  ['--', { proposal: TAKING }, DOWN],
  ['--, where it is off', { proposal: TAKING, settings: { negatives: 'off' } }, { refused: 'negative' }],
  ['++, where -- is off', { settings: { negatives: 'off' } }, UP],
  [
    '-- without a reason, where it needs one',
    { proposal: TAKING, settings: { negatives: 'reason' } },
    { refused: 'negative-without-reason' },
  ],
  [
    '-- with a reason, where it needs one',
    { proposal: { ...TAKING, hasReason: true }, settings: { negatives: 'reason' } },
    DOWN,
  ],
  [
    'oneself at a price, where -- is off',
    { proposal: GIVING_ALICE, settings: { self: 'penalty', negatives: 'off' } },
    { delta: -1, asked: 1 },
  ],
];

const gaveBob = (agoMs: number) => ({ usage: { last: { at: AT - agoMs, id: 'before' } } });
const refusedUntil = (until: number): Verdict => ({ refused: 'cooldown', until, earlier: 'before' });
const cooldowns: Example[] = [
  ['the first time', { proposal: GIVING_BOB }, UP],
  ['again after 59 s', { proposal: GIVING_BOB, ...gaveBob(59_000) }, refusedUntil(AT + 1_000)],
  ['again after a minute', { proposal: GIVING_BOB, ...gaveBob(MINUTE_MS) }, UP],
  ['-- after ++', { proposal: { ...GIVING_BOB, ...TAKING }, ...gaveBob(1_000) }, refusedUntil(AT + 59_000)],
  ['read late, a moment before', { proposal: GIVING_BOB, ...gaveBob(-1_000) }, refusedUntil(AT + 61_000)],
  ['read late, from long before', { proposal: GIVING_BOB, ...gaveBob(-MINUTE_MS) }, UP],
  ['a thing again', gaveBob(0), UP],
  ['no cooldown', { proposal: GIVING_BOB, settings: { cooldownMs: 0 }, ...gaveBob(0) }, UP],
  [
    'once is once for ever',
    { proposal: GIVING_BOB, settings: { cooldownMs: 'once' }, ...gaveBob(9_000 * DAY_MS) },
    { refused: 'cooldown', earlier: 'before' },
  ],
];

const TOMORROW = Date.UTC(2026, 10, 26);
const quotas: Example[] = [
  ['the 50th of a day', { usage: { given: 49 } }, UP],
  ['the 51st', { usage: { given: 50 } }, { refused: 'quota', until: TOMORROW }],
  ['no quota', { usage: { given: 50 }, settings: { quota: 0 } }, UP],
  [
    'in Tokyo the next day begins sooner',
    { usage: { given: 50 }, settings: { timeZone: 'Asia/Tokyo' } },
    { refused: 'quota', until: Date.UTC(2026, 10, 25, 15) },
  ],
];

const NEXT_MINUTE = Date.UTC(2026, 10, 25, 12, 1);
const receiverLimits: Example[] = [
  ['off', { usage: { received: 1_000 } }, UP],
  ['the last', { usage: { received: 9 }, settings: { receiverLimit: 10 } }, UP],
  [
    'one more',
    { usage: { received: 10 }, settings: { receiverLimit: 10 } },
    { refused: 'receiver-limit', until: TOMORROW },
  ],
];
const floods: Example[] = [
  ['the 300th of a minute', { usage: { inMinute: 299 } }, UP],
  ['the 301st', { usage: { inMinute: 300 } }, { refused: 'flood', until: NEXT_MINUTE }],
  ['off', { usage: { inMinute: 9_999 }, settings: { flood: 0 } }, UP],
];

const amounts: Example[] = [
  ['up to the most', { proposal: { delta: 5 } }, { delta: 5 }],
  ['more is clamped', { proposal: { delta: 6 } }, { delta: 5, asked: 6 }],
  ['less too', { proposal: { delta: -10_000 } }, { delta: -5, asked: -10_000 }],
  ['without a limit', { proposal: { delta: 10_000 }, settings: { maxAmount: 0 } }, { delta: 10_000 }],
];

const sections: readonly [string, readonly Example[]][] = [
  ['2. channels', channels],
  ['3. givers', givers],
  ['4. ages', ages],
  ['5. receivers', receivers],
  ['6. oneself', selves],
  ['7. --', negatives],
  ['8. cooldown', cooldowns],
  ['9. quota', quotas],
  ["10. the receiver's limit", receiverLimits],
  ['10. flood', floods],
  ['the amount', amounts],
];

for (const [section, examples] of sections) {
  describe(section, () => {
    test.each([...examples])('%s', (_, given, verdict) => {
      expect(verdictOf(given)).toEqual(verdict);
    });
  });
}

test('of several rules the first says why, static ones before counting ones', () => {
  const all: [keyof typeof breaking, string][] = [
    ['channel', 'channel'],
    ['blocked', 'giver-blocked'],
    ['account', 'account-age'],
    ['bot', 'receiver-bot'],
    ['self', 'self'],
    ['negative', 'negative'],
    ['cooldown', 'cooldown'],
    ['quota', 'quota'],
    ['receiver', 'receiver-limit'],
    ['flood', 'flood'],
  ];
  const breaking = {
    channel: { settings: { channels: ONLY('99') } },
    blocked: { settings: { blocked: new Set([ALICE]) } },
    account: { settings: { accountAgeMs: 9_000 * DAY_MS } },
    bot: { proposal: { receiver: { id: ALICE, isBot: true } } },
    self: { proposal: { receiver: { id: ALICE } } },
    negative: { proposal: { delta: -1, receiver: { id: BOB } }, settings: { negatives: 'off' as const } },
    cooldown: { proposal: { receiver: { id: BOB } }, usage: { last: { at: AT, id: 'before' } } },
    quota: { usage: { given: 50 } },
    receiver: { usage: { received: 1 }, settings: { receiverLimit: 1 } },
    flood: { usage: { inMinute: 300 } },
  } satisfies Record<string, Case>;
  for (const [index, [, refused]] of all.entries()) {
    // What is broken first is last to be merged, so that its proposal holds.
    const rest: Case[] = all
      .slice(index)
      .map(([name]) => breaking[name])
      .toReversed();
    const merged = rest.reduce<Case>(
      (sum, one) => ({
        proposal: { ...sum.proposal, ...one.proposal },
        settings: { ...sum.settings, ...one.settings },
        usage: { ...sum.usage, ...one.usage },
      }),
      {},
    );
    expect(verdictOf(merged)).toMatchObject({ refused });
  }
});

describe('presets', () => {
  const MUCH: Partial<Usage> = { last: { at: AT, id: 'before' }, given: 999, received: 999, inMinute: 999 };
  test('relaxed counts as much as anybody writes, but no praise of oneself', () => {
    const relaxed = (given: Case) => verdictOf(given, PRESETS.relaxed);
    expect(relaxed({ proposal: { ...GIVING_BOB, delta: 99 }, usage: MUCH })).toEqual({ delta: 99 });
    expect(relaxed({ proposal: GIVING_ALICE })).toEqual({ refused: 'self' });
  });

  test('strict lets few changes of one point through', () => {
    const strict = (given: Case) => verdictOf(given, PRESETS.strict);
    expect(strict({ proposal: { ...GIVING_BOB, delta: 3 } })).toEqual({ delta: 1, asked: 3 });
    expect(strict({ proposal: TAKING })).toEqual({ refused: 'negative' });
    expect(strict({ proposal: GIVING_BOB, ...gaveBob(29 * MINUTE_MS) })).toMatchObject({
      refused: 'cooldown',
    });
    expect(strict({ usage: { given: 10 } })).toMatchObject({ refused: 'quota' });
    expect(strict({ proposal: { giver: { id: member(6 * DAY_MS) } } })).toMatchObject({
      refused: 'account-age',
    });
    expect(strict({ proposal: joined(DAY_MS - 1) })).toMatchObject({ refused: 'member-age' });
  });
});
