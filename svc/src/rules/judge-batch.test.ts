import { describe, expect, test } from 'bun:test';
import type { Counted, Decision, LastChange } from '@popple/db/judging';
import { snowflakeAt } from '@popple/shared/contract/ids';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { type MessageOptions, messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import { type JudgeOptions, judgeBatch } from './judge-batch';
import { PRESETS, rulesOf } from './settings';

const NOON = Date.UTC(2026, 10, 25, 12);
const GUILD = '100';
const ALICE = String(BigInt(snowflakeAt(NOON - 9e10)) + 1n);
const BOB = String(BigInt(snowflakeAt(NOON - 9e10)) + 2n);
const CAROL = String(BigInt(snowflakeAt(NOON - 9e10)) + 3n);
const mention = (id: string) => `<@${id}>`;

let made = 0n;

/** A request of Alice, so many seconds after noon. */
function request(seconds: number, subjects: readonly string[], options: MessageOptions = {}): ChangeKarma {
  made += 1n;
  const id = String(BigInt(snowflakeAt(NOON + seconds * 1_000)) + made);
  return {
    ...messageEnvelope({ id, guildId: GUILD, userId: ALICE, ...options }),
    kind: 'change-karma',
    changes: subjects.map((subject) => ({ subject, display: subject, delta: 1 })),
  };
}

interface Before {
  given?: number;
  inMinute?: number;
  pair?: LastChange;
}

/** Decides a batch after the same was counted for every giver, minute and pair. */
function decide(
  requests: readonly ChangeKarma[],
  before: Before = {},
  options: Partial<JudgeOptions> = {},
): Decision {
  const { wanted, decide } = judgeBatch({ rulesOf: () => PRESETS.default, ...options })(requests, new Map());
  const counts = { server: before.inMinute ?? 0, subject: 0 };
  const counted: Counted = {
    givers: wanted.givers.map(() => before.given ?? 0),
    counters: wanted.counters.map(({ scope }) => counts[scope]),
    pairs: wanted.pairs.map(() => before.pair),
  };
  return decide(counted);
}

/** A verdict in a word: `+1`, or why not. */
function words({ changes }: Decision): string[][] {
  return [...changes.values()].map((list) =>
    list.map(({ verdict }) => (isRefused(verdict) ? verdict.refused : `${verdict.delta}`)),
  );
}

/** Which of its giver's day each change is. */
function numbersOf({ changes }: Decision): (number | undefined)[] {
  return [...changes.values()].flat().map(({ nth }) => nth);
}

describe('each change is judged on its own, after those before it', () => {
  test('in one message', () => {
    const decision = decide([request(0, ['a', mention(ALICE), 'b', mention(BOB)])], { given: 48 });
    expect(words(decision)).toEqual([['1', 'self', '1', 'quota']]);
  });

  test('in one batch: a refused one costs no quota, and what counts is what the next one sees', () => {
    const decision = decide(
      [
        request(0, [mention(BOB)]),
        request(1, [mention(BOB)]),
        request(2, ['a']),
        request(3, ['b']),
        request(60, [mention(BOB)]),
      ],
      { given: 47 },
    );
    expect(words(decision)).toEqual([['1'], ['cooldown'], ['1'], ['1'], ['quota']]);
    expect(numbersOf(decision)).toEqual([48, undefined, 49, 50, undefined]);
  });

  test('of five at once a cooldown lets one through, and says which', () => {
    const five = Array.from({ length: 5 }, () => request(0, [mention(BOB)]));
    const decision = decide(five);
    expect(words(decision)).toEqual([['1'], ['cooldown'], ['cooldown'], ['cooldown'], ['cooldown']]);
    expect(decision.changes.get(five[4]?.id ?? '')?.[0]?.verdict).toEqual({
      refused: 'cooldown',
      until: NOON + 60_000,
      earlier: five[0]?.id,
    });
    expect(decision.pairs).toEqual([
      { guildId: GUILD, giverId: ALICE, subject: mention(BOB), at: NOON, id: five[0]?.id ?? '', version: 1 },
    ]);
  });

  test('givers and servers have quotas of their own', () => {
    const decision = decide(
      [
        request(0, ['a', 'b']),
        request(0, ['a', 'b'], { userId: CAROL }),
        request(0, ['a', 'b'], { guildId: '101' }),
      ],
      { given: 49 },
    );
    expect(words(decision)).toEqual([
      ['1', 'quota'],
      ['1', 'quota'],
      ['1', 'quota'],
    ]);
  });

  test('a message of the day before counts on the day before', () => {
    const decision = decide([request(-43_201, ['a']), request(0, ['a'])]);
    const days = [...decision.changes.values()].flat();
    expect(days).toMatchObject([
      { day: Date.UTC(2026, 10, 24), nth: 1 },
      { day: Date.UTC(2026, 10, 25), nth: 1 },
    ]);
  });
});

describe('what is written', () => {
  test('a batch of refusals counts nothing', () => {
    const { counters, pairs } = decide([request(0, [mention(ALICE)]), request(0, ['a'])], { inMinute: 300 });
    expect({ counters, pairs }).toEqual({ counters: [], pairs: [] });
  });

  test('a pair takes the version after the one that was read, once a batch', () => {
    const before = { pair: { at: NOON - 60_000, id: 'before', version: 7 } };
    const requests = [request(0, [mention(BOB)]), request(60, [mention(BOB)])];
    expect(decide(requests, before).pairs).toEqual([
      expect.objectContaining({ version: 8, at: NOON + 60_000, id: requests[1]?.id }),
    ]);
  });

  test('a change that was read late leaves the newer one in place', () => {
    const pair = { at: NOON + 3_600_000, id: 'newer', version: 7 };
    expect(decide([request(0, [mention(BOB)])], { pair }).pairs).toEqual([
      expect.objectContaining({ version: 8, at: pair.at, id: 'newer' }),
    ]);
  });

  test('without limits nothing has to be read', () => {
    const { wanted } = judgeBatch({ rulesOf: () => PRESETS.relaxed })(
      [request(0, [mention(BOB), 'a'])],
      new Map(),
    );
    expect(wanted).toMatchObject({ givers: [], counters: [], pairs: [] });
  });

  test('what is refused anyway needs nothing that was counted', () => {
    const { wanted } = judgeBatch({ rulesOf: () => PRESETS.default })(
      [request(0, [mention(ALICE)])],
      new Map(),
    );
    expect(wanted).toMatchObject({ givers: [], counters: [], pairs: [] });
  });
});

describe('verdicts that were told', () => {
  test('hold although the rules now say something else, and are counted', () => {
    const requests = [request(0, ['a', 'b']), request(0, [mention(BOB)]), request(0, ['c'])];
    const [first, second] = requests;
    const verdicts = new Map<string, Verdict[]>([
      [first?.id ?? '', [{ delta: 1 }, { refused: 'quota' }]],
      [second?.id ?? '', [{ delta: 1 }]],
    ]);
    const decision = decide(
      requests,
      { given: 50, pair: { at: NOON, id: 'before', version: 1 } },
      { told: ({ id }) => verdicts.get(id) },
    );
    expect(words(decision)).toEqual([['1', 'quota'], ['1'], ['quota']]);
    expect(numbersOf(decision)).toEqual([51, undefined, 52, undefined]);
  });

  test('take a counter past its limit, by as much as was told and no more', () => {
    const requests = [request(0, ['a', 'b']), request(0, ['c'])];
    const told = ({ id }: ChangeKarma) => (id === requests[0]?.id ? [{ delta: 1 }, { delta: 1 }] : undefined);
    const decision = decide(requests, { inMinute: 299 }, { told });
    expect(words(decision)).toEqual([['1', '1'], ['flood']]);
    expect(decision.counters).toEqual([expect.objectContaining({ scope: 'server', count: 2, bound: 301 })]);
  });
});

test('members whom a server excludes neither give nor receive there', () => {
  const excluded = new Map([[GUILD, { blocked: new Set([ALICE]), optedOut: new Set([BOB]) }]]);
  const requests = [
    request(0, ['a']),
    request(0, [mention(ALICE), mention(BOB), 'a'], { userId: CAROL }),
    request(0, ['a'], { userId: BOB }),
    request(0, ['a'], { guildId: '101' }),
  ];
  const { wanted, decide } = judgeBatch({ rulesOf: rulesOf('default') })(requests, new Map(), excluded);
  const nothing: Counted = {
    givers: wanted.givers.map(() => 0),
    counters: wanted.counters.map(() => 0),
    pairs: wanted.pairs.map(() => undefined),
  };
  expect(words(decide(nothing))).toEqual([
    ['giver-blocked'],
    ['receiver-blocked', 'receiver-opted-out', '1'],
    ['giver-opted-out'],
    ['1'],
  ]);
});

test('what no member asks for is not subject to the rules of members', () => {
  const asked = {
    ...request(0, ['a', mention(BOB)]),
    origin: { kind: 'operator' as const, who: 'ops@host' },
  };
  const decision = decide([asked], { given: 50, inMinute: 300 });
  expect(words(decision)).toEqual([['1', '1']]);
  expect(decision).toMatchObject({ counters: [], pairs: [] });
});

test('the same is decided however often it is asked', () => {
  const requests = [request(0, [mention(BOB)]), request(1, [mention(BOB), 'a'])];
  const { wanted, decide } = judgeBatch({ rulesOf: () => PRESETS.default })(requests, new Map());
  const counted: Counted = {
    givers: wanted.givers.map(() => 0),
    counters: wanted.counters.map(() => 0),
    pairs: wanted.pairs.map(() => undefined),
  };
  expect(decide(counted)).toEqual(decide(counted));
});
