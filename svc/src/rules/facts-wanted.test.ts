import { expect, test } from 'bun:test';
import { factsWanted } from './facts-wanted';
import { rulesOf } from './settings';

const NONE = { channelParents: false, giverRoles: false, joinedAt: false, receiverRoles: false };

test.each([
  ['nothing', {}, NONE],
  ['a channel', { 'channels.deny': ['1'] }, { ...NONE, channelParents: true }],
  ['some channels alone', { 'channels.allow': ['1'] }, { ...NONE, channelParents: true }],
  ['who may give', { 'roles.give.allow': ['1'] }, { ...NONE, giverRoles: true }],
  ['who may not receive', { 'roles.receive.deny': ['1'] }, { ...NONE, receiverRoles: true }],
  ['a lapsed list', { 'roles.receive.deny': [] }, NONE],
  ['how long somebody must be a member', { 'member-age': 60 }, { ...NONE, joinedAt: true }],
  ['a preset that says so', { preset: 'strict' }, { ...NONE, joinedAt: true }],
])('a server that has chosen %s', (_, choices, facts) => {
  expect(factsWanted(rulesOf('default')(choices))).toEqual(facts);
});

test('RULES_PRESET says it of a server that has chosen nothing', () => {
  expect(factsWanted(rulesOf('strict')(undefined)).joinedAt).toBe(true);
});
