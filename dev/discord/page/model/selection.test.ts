import { describe, expect, test } from 'bun:test';
import { exampleState } from '../testing/example-world';
import { channelIdOf, fromHash, resolveSelection, type Selection, toHash } from './selection';

describe('the hash', () => {
  const selections: Selection[] = [
    { memberId: '1', guildId: '100', channelId: '102' },
    { memberId: '2', dm: true },
  ];
  test.each(selections)('brings %j back', (selection) => {
    expect(resolveSelection(fromHash(toHash(selection)), exampleState)).toEqual(selection);
  });

  test.each([
    '',
    '#',
    '#/',
    '#/as',
    '#/as/',
    '#/as/x/y/z',
    '#/as/0/100',
    '#general',
    '#/as/99999999999999999999999/dm?',
  ])('that says %j leads somewhere all the same', (hash) => {
    expect(resolveSelection(fromHash(hash), exampleState)).toBeDefined();
  });
});

describe('a wish', () => {
  const first = { memberId: '1', guildId: '100', channelId: '101' };
  test.each([
    ['for nothing is the first of everything', {}, first],
    ['for what does not exist too', { memberId: '77', guildId: '78', channelId: '79' }, first],
    [
      'for a server is its first channel',
      { memberId: '2', guildId: '200' },
      { memberId: '2', guildId: '200', channelId: '201' },
    ],
    [
      'for a channel of another server is the first of the server',
      { guildId: '200', channelId: '102' },
      { memberId: '1', guildId: '200', channelId: '201' },
    ],
  ])('%s', (_, wish, selection) => {
    expect(resolveSelection(wish, exampleState)).toEqual(selection);
  });

  test('in a world without channels leads to the direct messages, in one without people nowhere', () => {
    expect(resolveSelection({}, { ...exampleState, guilds: [] })).toEqual({ memberId: '1', dm: true });
    expect(resolveSelection({}, { ...exampleState, members: [] })).toBeUndefined();
  });
});

test('direct messages have a channel once they were opened', () => {
  expect(channelIdOf({ memberId: '1', dm: true }, exampleState)).toBe('301');
  expect(channelIdOf({ memberId: '2', dm: true }, exampleState)).toBeUndefined();
});
