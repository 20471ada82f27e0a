import { expect, test } from 'bun:test';
import { UsageError } from '@popple/shared/operator/command-line';
import { parseSettingsArguments, type SettingsArguments } from './arguments';

const parse = (line: string) => parseSettingsArguments(line.split(' ').filter((word) => word !== ''));

test.each([
  ['7', { command: 'list', guildId: '7' }],
  ['7 list', { command: 'list', guildId: '7' }],
  ['7 set announce off', { command: 'set', guildId: '7', key: 'announce', value: false }],
  ['7 set announce TRUE', { command: 'set', guildId: '7', key: 'announce', value: true }],
  ['7 set announce yes', { command: 'set', guildId: '7', key: 'announce', value: true }],
  ['7 unset announce', { command: 'unset', guildId: '7', key: 'announce' }],
  ['7 set quota 20', { command: 'set', guildId: '7', key: 'quota', value: 20 }],
  ['7 set cooldown once', { command: 'set', guildId: '7', key: 'cooldown', value: 'once' }],
  ['7 set negatives off', { command: 'set', guildId: '7', key: 'negatives', value: 'off' }],
  ['7 set channels.allow ["8"]', { command: 'set', guildId: '7', key: 'channels.allow', value: ['8'] }],
  [
    '7 set time-zone Europe/Berlin',
    { command: 'set', guildId: '7', key: 'time-zone', value: 'Europe/Berlin' },
  ],
] as [string, SettingsArguments][])('%s', (line, expected) => {
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
  ['7 set quota many', 'quota cannot be "many": it is 0 to 1000000'],
  ['7 set cooldown twice', 'it is 0 to 31622400, or once'],
  ['7 set channels.deny here', 'it is a list, such as ["81384788765712384"]'],
  ['7 set time-zone Middle/Earth', 'it is a text'],
  ['7 unset announce on', '"on" is not understood'],
  ['7 --force', "Unknown option '--force'"],
])('%s is refused', (line, problem) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(problem);
});
