import { expect, test } from 'bun:test';
import { UsageError } from '@popple/shared/operator/command-line';
import { parseFlags, rerunCommand } from './options';

test('left alone, it kills sixty times from a seed of its own', () => {
  const flags = parseFlags([]);
  expect(flags).toMatchObject({
    kills: 60,
    minutes: Number.POSITIVE_INFINITY,
    workers: 2,
    bots: 2,
    sparesGateway: false,
  });
  expect(flags.seed).toMatch(/^\d+$/);
});

test('given only minutes, it kills as often as it can in them', () => {
  expect(parseFlags(['--minutes', '5'])).toMatchObject({ kills: Number.POSITIVE_INFINITY, minutes: 5 });
});

test.each(['--seed x', '--kills 0', '--minutes -1', '--workers 99', '--slowly'])('refuses %s', (args) => {
  expect(() => parseFlags(args.split(' '))).toThrow(UsageError);
});

test('the command to play it again says everything that was asked for', () => {
  for (const args of [
    '--seed 7 --kills 200',
    '--seed 7 --minutes 3',
    '--seed 7 --kills 60 --minutes 3 --workers 3 --bots 4 --replicas 2 --spare-gateway',
  ]) {
    expect(rerunCommand(parseFlags(args.split(' ')))).toBe(`bun run test:chaos ${args}`);
  }
});
