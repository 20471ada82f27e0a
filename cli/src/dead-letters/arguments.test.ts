import { expect, test } from 'bun:test';
import { UsageError } from '@popple/shared/operator/command-line';
import { type DeadArguments, parseDeadArguments } from './arguments';

test.each<[string, DeadArguments]>([
  ['list', { command: 'list', reason: undefined }],
  ['list --reason not-json', { command: 'list', reason: 'not-json' }],
  ['show 7', { command: 'show', numbers: [7] }],
  ['show 7 8', { command: 'show', numbers: [7, 8] }],
  ['redrive 7', { command: 'redrive', numbers: [7], wait: true }],
  ['redrive 7 8 --no-wait', { command: 'redrive', numbers: [7, 8], wait: false }],
  ['redrive --all', { command: 'redrive-all', reason: undefined, wait: true }],
  [
    'redrive --all --reason unknown-version --no-wait',
    { command: 'redrive-all', reason: 'unknown-version', wait: false },
  ],
  ['drop 7', { command: 'drop', numbers: [7], yes: false }],
  ['--yes drop 7', { command: 'drop', numbers: [7], yes: true }],
])('%s', (line, expected) => {
  expect(parseDeadArguments(line.split(' '))).toEqual(expected);
});

test.each([
  ['', 'say what to do: list, show, redrive, drop'],
  ['lsit', '"lsit" is none of list, show, redrive, drop'],
  ['list 7', 'list takes no number'],
  ['list --all', 'list has no option --all'],
  ['list --reason not.json', '--reason is "not.json"'],
  ['list --reason *', '--reason is "*"'],
  ['list --reason', 'argument missing'],
  ['show', 'show needs the number'],
  ['show seven', '"seven" is not the number'],
  ['show 0', '"0" is not the number'],
  ['show 99999999999999999999', 'is not the number'],
  ['redrive', 'redrive needs the number of a dead letter, or --all'],
  ['redrive 7 --all', 'redrive takes numbers or --all, not both'],
  ['redrive 7 --reason not-json', '--reason goes with redrive --all'],
  ['redrive 7 --yes', 'redrive has no option --yes'],
  ['drop', 'drop needs the number'],
  ['drop --all', 'drop has no option --all'],
  ['drop 7 --force', "Unknown option '--force'"],
])('"%s" is refused: %s', (line, message) => {
  const parse = () => parseDeadArguments(line === '' ? [] : line.split(' '));
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});
