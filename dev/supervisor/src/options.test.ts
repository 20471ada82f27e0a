import { expect, test } from 'bun:test';
import { UsageError } from '@popple/shared/operator/command-line';
import { helpText, parseFlags } from './options';

test('flags', () => {
  expect(parseFlags([])).toEqual({ fresh: false, help: false, port: 3000 });
  expect(parseFlags(['--fresh', '--port', '8123'])).toEqual({ fresh: true, help: false, port: 8123 });
  expect(parseFlags(['--port=8123', '-h'])).toEqual({ fresh: false, help: true, port: 8123 });
});

for (const args of [
  ['--port', 'x'],
  ['--port', '0'],
  ['--port', '70000'],
  ['--port'],
  ['--frehs'],
  ['start'],
]) {
  test(`${args.join(' ')} is an error that says where help is`, () => {
    expect(() => parseFlags(args)).toThrow(UsageError);
    expect(() => parseFlags(args)).toThrow('--help');
  });
}

test('the help names every flag and variable', () => {
  for (const word of [
    '--fresh',
    '--port',
    'DISCORD_TOKEN',
    'DATABASE_URL',
    'NATS_URL',
    'NATS_SERVER_BIN',
    'NO_COLOR',
  ]) {
    expect(helpText).toContain(word);
  }
});
