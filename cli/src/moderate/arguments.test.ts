import { expect, test } from 'bun:test';
import { UsageError } from '@popple/shared/operator/command-line';
import { type ModerateArguments, parseModerateArguments } from './arguments';

const NOW = Date.UTC(2026, 6, 2);
const ask = (asked: object) => ({ command: 'ask', guildId: '7', asked }) as ModerateArguments;
const named = (display: string) => ({ subject: display.toLowerCase(), display });

test.each([
  [['log'], { command: 'log', guildId: '7', limit: 20 }],
  [['log', '--limit', '100'], { command: 'log', guildId: '7', limit: 100 }],
  [
    ['adjust', 'Alice', '5', 'the', 'old bot'],
    ask({ kind: 'adjust', subject: named('Alice'), amount: 5, reason: 'the old bot' }),
  ],
  [
    ['adjust', 'The  Build', '-1000000000', 'spam'],
    ask({ kind: 'adjust', subject: named('The Build'), amount: -1_000_000_000, reason: 'spam' }),
  ],
  [
    ['adjust', '<@!300>', '+1', 'x'],
    ask({ kind: 'adjust', subject: { subject: '<@300>', display: '<@300>' }, amount: 1, reason: 'x' }),
  ],
  [['block', '300'], ask({ kind: 'block', memberId: '300' })],
  [['block', '<@300>', 'spam', 'again'], ask({ kind: 'block', memberId: '300', reason: 'spam again' })],
  [
    ['undo', '1490000000000000001', 'rude'],
    ask({ kind: 'undo-request', undoes: '1490000000000000001', reason: 'rude' }),
  ],
  [
    ['undo', 'https://discord.com/channels/7/200/1490000000000000001'],
    ask({ kind: 'undo-request', undoes: '1490000000000000001' }),
  ],
  [['undo', 'reaction.1.2.3.added'], ask({ kind: 'undo-request', undoes: 'reaction.1.2.3.added' })],
  [
    ['undo-all', '300', '2h', 'a', 'spree'],
    ask({ kind: 'undo-all', memberId: '300', since: NOW - 7_200_000, reason: 'a spree' }),
  ],
  [
    ['undo-all', '<@300>', '2026-07-01'],
    ask({ kind: 'undo-all', memberId: '300', since: Date.UTC(2026, 6, 1) }),
  ],
  [['unblock', '300'], ask({ kind: 'unblock', memberId: '300' })],
  [['merge', 'Alcie', 'alice'], ask({ kind: 'merge', from: named('Alcie'), into: named('alice') })],
  [
    ['merge', 'Alcie', 'alice', 'a typo'],
    ask({ kind: 'merge', from: named('Alcie'), into: named('alice'), reason: 'a typo' }),
  ],
  [
    ['remove', 'ẞ', 'rude'],
    ask({ kind: 'remove', subject: { subject: 'ss', display: 'ẞ' }, reason: 'rude' }),
  ],
] as [string[], ModerateArguments][])('%j', (words, expected) => {
  expect(parseModerateArguments(['7', ...words], NOW)).toEqual(expected);
});

test.each([
  [[], 'say of which server'],
  [['seven', 'log'], '"seven" is not the id of a server'],
  [['7'], 'say what to do: adjust, block, unblock, merge, remove, undo, undo-all, log'],
  [['7', 'ban', '300'], '"ban" is none of adjust'],
  [['7', 'log', 'all'], '"all" is not understood'],
  [['7', 'log', '--limit', '101'], '--limit is 1 to 100, not "101"'],
  [['7', 'log', '--limit', '0'], '--limit is 1 to 100'],
  [['7', 'remove', 'x', '--limit', '5'], '--limit is for log'],
  [['7', 'adjust'], 'adjust needs a subject'],
  [['7', 'adjust', 'x'], 'adjust needs an amount'],
  [['7', 'adjust', 'x', '5'], 'adjust needs a reason'],
  [['7', 'adjust', 'x', '0', 'y'], '"0" is no amount'],
  [['7', 'adjust', 'x', '1.5', 'y'], '"1.5" is no amount'],
  [['7', 'adjust', 'x', '1000000001', 'y'], '"1000000001" is no amount'],
  [['7', 'adjust', 'x', '5', 'y'.repeat(201)], 'the reason cannot be used'],
  [['7', 'adjust', '@everyone', '5', 'y'], '"@everyone" cannot have karma'],
  [['7', 'block'], 'block needs the id of a member'],
  [['7', 'unblock', 'alice'], '"alice" is not the id of a member'],
  [['7', 'merge', 'x'], 'merge needs a second subject'],
  [['7', 'merge', 'Alice', 'ALICE'], 'both are one subject'],
  [['7', 'undo'], 'undo needs a message'],
  [['7', 'undo', 'that!'], '"that!" is neither the id of a message'],
  [['7', 'undo-all', '300'], 'undo-all needs a time'],
  [['7', 'undo-all', '300', 'yesterday'], '"yesterday" is no time in the past'],
  [['7', 'undo-all', '300', '2999-01-01'], '"2999-01-01" is no time in the past'],
  [['7', 'remove'], 'remove needs a subject'],
  [['7', 'remove', 'x', '--force'], "Unknown option '--force'"],
])('%j is refused', (words, problem) => {
  expect(() => parseModerateArguments(words)).toThrow(UsageError);
  expect(() => parseModerateArguments(words)).toThrow(problem);
});
