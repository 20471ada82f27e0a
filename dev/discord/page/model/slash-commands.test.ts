import { expect, test } from 'bun:test';
import type { ChatCommand, ChatOption } from '../../src/interaction-contract';
import { optionInputs, slashEntries, slashQuery, suggestCommands } from './slash-commands';

const option = (type: number, name: string, options: ChatOption[] = []): ChatOption => ({
  type,
  name,
  label: name,
  description: `about ${name}`,
  required: false,
  autocomplete: false,
  choices: [],
  min: null,
  max: null,
  options,
});

const command = (kind: ChatCommand['kind'], name: string, options: ChatOption[] = []): ChatCommand => ({
  id: name,
  kind,
  name,
  label: name,
  description: `about ${name}`,
  options,
});

const entries = slashEntries([
  command('slash', 'privacy', [option(3, 'what')]),
  command('member', 'Give karma'),
  command('slash', 'karma', [
    option(1, 'top'),
    option(1, 'give', [option(6, 'to')]),
    option(2, 'thing', [option(1, 'up')]),
  ]),
]);

test('each subcommand is a command of its own, and menus are none', () => {
  expect(entries.map(({ label }) => label)).toEqual([
    '/karma give',
    '/karma thing up',
    '/karma top',
    '/privacy',
  ]);
  expect(entries[1]).toMatchObject({ commandId: 'karma', path: ['thing', 'up'], description: 'about up' });
});

test('only a message that is one line and begins with a slash looks for a command', () => {
  expect(['/', '/kar', '/karma gi', 'x /karma', '/a\nb', ''].map(slashQuery)).toEqual([
    '',
    'kar',
    'karma gi',
    undefined,
    undefined,
    undefined,
  ]);
});

test('names that begin so come first, then what has the words anywhere', () => {
  const found = (query: string) => suggestCommands(entries, query).map(({ label }) => label);
  expect(found('')).toEqual(['/karma give', '/karma thing up', '/karma top', '/privacy']);
  expect(found('KARMA T')).toEqual(['/karma thing up', '/karma top']);
  expect(found('give')).toEqual(['/karma give']);
  expect(found('about privacy')).toEqual(['/privacy']);
  expect(found('karma give alice')).toEqual([]);
});

test('what was filled in stands below the subcommands', () => {
  const values = [{ name: 'x', value: 1 }];
  expect(optionInputs({ ...entries[1], path: ['thing', 'up'] } as never, values)).toEqual([
    { name: 'thing', options: [{ name: 'up', options: values }] },
  ]);
});
