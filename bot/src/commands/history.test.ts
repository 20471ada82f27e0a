import { describe, expect, test } from 'bun:test';
import type { HistoryEntry } from '@popple/shared/contract/event';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { render } from '../replies/render';
import { parseCommand } from './commands';

const entry: HistoryEntry = {
  day: 1_775_260_800_000,
  at: 1_775_314_187_011,
  requestId: '1490000000000000001',
  place: 1,
  display: 'alice',
  giverId: '300',
  delta: -2,
  channelId: '200',
};

/** The message that a history is shown in. */
function shown(entries: HistoryEntry[]): string {
  const outgoing = render({
    ...messageEnvelope({ guildId: '5' }),
    kind: 'history-checked',
    side: 'received',
    entries,
    hasMore: true,
  });
  if (outgoing?.kind !== 'reply' || outgoing.contents.length !== 1) throw new Error('not one message');
  return outgoing.contents[0] ?? '';
}

describe('a line of a history', () => {
  const link = '([message](<https://discord.com/channels/5/200/1490000000000000001>))';

  test('says when, who, by how much, and links to the message', () => {
    expect(shown([entry])).toBe(`<t:1775314187:R> <@300> −2 ${link}`);
  });

  test('has the reason, which is shown and not obeyed', () => {
    const reason = '@everyone **look** at <@7> and discord.gg/x `';
    expect(shown([{ ...entry, delta: 1, reason }])).toBe(
      `<t:1775314187:R> <@300> +1: \\@everyone \\*\\*look\\*\\* at \\<@7\\> and discord\\.gg/x \\\` ${link}`,
    );
  });

  test('says that it was undone', () => {
    expect(shown([{ ...entry, undoneAt: 1_775_314_189_011 }])).toEndWith(`${link} (undone)`);
  });

  test('has no link where there is no message', () => {
    const { giverId: _, channelId: _channel, ...byOperator } = entry;
    expect(shown([{ ...byOperator, requestId: 'operator.1' }])).toBe('<t:1775314187:R> −2');
    expect(shown([{ ...entry, requestId: 'reaction.1.2.3.add' }])).toBe('<t:1775314187:R> <@300> −2');
  });
});

test('a history is one message, of as many whole lines as fit', () => {
  const long = { ...entry, reason: '*'.repeat(200) };
  const lines = shown(Array.from({ length: 15 }, () => long)).split('\n');
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.length).toBeLessThan(15);
  expect(lines.every((line) => line.endsWith(')'))).toBe(true);
  expect(lines.join('\n').length).toBeLessThanOrEqual(2_000);
});

test('an empty history says so', () => {
  expect(shown([])).toBe('Nobody has changed that yet, as far as I remember.');
});

test.each([
  ['', undefined],
  [' alice', { subject: 'alice', display: 'alice' }],
  [' <@300>', { subject: '<@300>', display: '<@300>' }],
  [' (The Build) and bob', { subject: 'the build', display: 'The Build' }],
])('history%s is that of one subject, or one’s own', (given, subject) => {
  expect(parseCommand('history', given)).toEqual(
    subject === undefined ? { kind: 'check-history' } : { kind: 'check-history', subject },
  );
});

test('a name that is too long is none', () => {
  expect(parseCommand('history', ` ${'x'.repeat(200)}`)).toEqual({ kind: 'name-too-long' });
});
