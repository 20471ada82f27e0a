import { describe, expect, test } from 'bun:test';
import { SETTING_KEYS } from '@popple/shared/contract/setting';
import { PRESETS, rulesOf } from './settings';

describe('the rules of a server', () => {
  test('that has chosen nothing are those of RULES_PRESET', () => {
    expect(rulesOf('strict')(undefined)).toEqual(PRESETS.strict);
    expect(rulesOf('relaxed')({})).toEqual(PRESETS.relaxed);
    expect(rulesOf('default')({ announce: false })).toEqual(PRESETS.default);
  });

  test('that has chosen a preset are those of it, but for what else it has chosen', () => {
    expect(rulesOf('relaxed')({ preset: 'strict' })).toEqual(PRESETS.strict);
    expect(rulesOf('strict')({ preset: 'relaxed', quota: 7 })).toEqual({ ...PRESETS.relaxed, quota: 7 });
  });

  test('are each of its choices', () => {
    const chosen = rulesOf('default')({
      self: 'penalty',
      bots: 'count',
      cooldown: 'once',
      quota: 0,
      'receiver-limit': 3,
      flood: 4,
      negatives: 'reason',
      'max-amount': 2,
      'account-age': 5,
      'member-age': 6,
      'channels.allow': ['1'],
      'channels.deny': ['2'],
      'roles.give.allow': ['3'],
      'roles.give.deny': ['4'],
      'roles.receive.allow': ['5'],
      'roles.receive.deny': ['6'],
      'time-zone': 'Europe/Berlin',
    });
    expect(chosen).toEqual({
      self: 'penalty',
      bots: 'count',
      cooldownMs: 'once',
      quota: 0,
      receiverLimit: 3,
      flood: 4,
      negatives: 'reason',
      maxAmount: 2,
      accountAgeMs: 5_000,
      memberAgeMs: 6_000,
      channels: { allow: ['1'], deny: ['2'] },
      giverRoles: { allow: ['3'], deny: ['4'] },
      receiverRoles: { allow: ['5'], deny: ['6'] },
      timeZone: 'Europe/Berlin',
      blocked: new Set(),
      optedOut: new Set(),
    });
    expect(rulesOf('default')({ cooldown: 90 }).cooldownMs).toBe(90_000);
  });

  test('are those of its choices for members whom it excludes too, batch by batch', () => {
    const rules = rulesOf('default');
    const choices = { quota: 7 };
    const excluded = { blocked: new Set(['1']), optedOut: new Set(['2']) };
    expect(rules(choices, excluded)).toEqual({ ...PRESETS.default, quota: 7, ...excluded });
    expect(rules(undefined, { ...excluded, blocked: new Set(['3']) })).toEqual({
      ...PRESETS.default,
      ...excluded,
      blocked: new Set(['3']),
    });
    expect(rules(choices)).toEqual({ ...PRESETS.default, quota: 7 });
    expect(rules(choices, excluded)).toBe(rules(choices, excluded));
  });

  test.each([
    [{ reasons: 'require-for-negative' }, 'reason'],
    [{ reasons: 'require-for-negative', negatives: 'on' }, 'reason'],
    [{ reasons: 'require-for-negative', negatives: 'off' }, 'off'],
    [{ reasons: 'off', negatives: 'reason' }, 'reason'],
    [{ reasons: 'keep' }, 'on'],
  ])('%j: -- is %s', (choices, negatives) => {
    expect(rulesOf('default')(choices).negatives).toBe(negatives as never);
  });

  test.each([
    ['quota', -1],
    ['quota', '5'],
    ['cooldown', 'twice'],
    ['time-zone', 'Middle/Earth'],
    ['channels.allow', ['here']],
    ['preset', 'odd'],
    ['of-a-later-release', 1],
  ])('pass over a choice that this release does not allow: %s %j', (key, value) => {
    expect(rulesOf('default')({ [key]: value })).toEqual(PRESETS.default);
  });
});

test('the presets are what their names say', () => {
  expect(PRESETS.relaxed).toMatchObject({
    cooldownMs: 0,
    quota: 0,
    receiverLimit: 0,
    flood: 0,
    maxAmount: 0,
  });
  expect(PRESETS.default).toMatchObject({
    cooldownMs: 60_000,
    quota: 50,
    flood: 300,
    maxAmount: 5,
    self: 'refuse',
  });
  expect(PRESETS.strict).toMatchObject({
    cooldownMs: 1_800_000,
    quota: 10,
    accountAgeMs: 604_800_000,
    memberAgeMs: 86_400_000,
    negatives: 'off',
    maxAmount: 1,
  });
});

test('settings have keys in lower case', () => {
  for (const key of SETTING_KEYS) expect(key).toMatch(/^[a-z]+([.-][a-z]+)*$/);
});
