import { expect, test } from 'bun:test';
import { UsageError } from '../terminal/usage-error';
import { parseSettingsArguments } from './arguments';

const parse = (line: string) => parseSettingsArguments(line.split(' ').filter((word) => word !== ''));

test.each([
  ['7', { command: 'list', guildId: '7' }],
  ['7 list', { command: 'list', guildId: '7' }],
  ['7 set announce off', { command: 'set', guildId: '7', key: 'announce', value: false }],
  ['7 set announce TRUE', { command: 'set', guildId: '7', key: 'announce', value: true }],
  ['7 set announce yes', { command: 'set', guildId: '7', key: 'announce', value: true }],
  ['7 unset announce', { command: 'unset', guildId: '7', key: 'announce' }],
] as const)('%s', (line, expected) => {
  expect(parse(line)).toEqual(expected);
});

test.each([
  ['', 'say of which server'],
  ['seven', '"seven" is not the id of a server'],
  ['7 show', '"show" is none of list, set, unset'],
  ['7 list announce', '"announce" is not understood'],
  ['7 set', 'set needs a setting: announce'],
  ['7 set volume 3', 'there is no setting "volume"; the settings are announce'],
  ['7 set toString 3', 'there is no setting "toString"'],
  ['7 set announce', 'set announce needs a value: on or off'],
  ['7 set announce maybe', 'announce cannot be "maybe"'],
  ['7 set announce 1', 'it is on or off'],
  ['7 set announce on off', '"off" is not understood'],
  ['7 unset', 'unset needs a setting: announce'],
  ['7 unset announce on', '"on" is not understood'],
  ['7 --force', "Unknown option '--force'"],
])('%s is refused', (line, problem) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(problem);
});
