import { describe, expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import fc from 'fast-check';
import { MAX_CONTENT_LENGTH, render, splitBetweenLines } from './render';

const envelope = messageEnvelope({ id: '1200000000000000001', guildId: '2', channelId: '3' });
const target = {
  requestId: '1200000000000000001',
  askedAtMs: snowflakeTimeMs('1200000000000000001'),
  guildId: '2',
  channelId: '3',
  messageId: '1200000000000000001',
};
const total = (display: string, karma: string) => ({ display, karma });

const contents = (event: Event) => {
  const outgoing = render(event);
  return outgoing?.kind === 'reply' ? outgoing.contents : outgoing;
};

describe('render', () => {
  test('a change says the new total of each subject, in order, in one message', () => {
    const totals = [total('alice', '1'), total('the build', '-2')];
    const event: Event = { ...envelope, kind: 'karma-changed', announce: true, totals };
    expect(render(event)).toEqual({
      kind: 'reply',
      ...target,
      contents: ['alice has 1 karma.\nthe build has -2 karma.'],
    });
  });

  test('with announcements off a change says nothing, a question is answered', () => {
    const totals = [total('alice', '1')];
    expect(render({ ...envelope, kind: 'karma-changed', announce: false, totals })).toBeUndefined();
    expect(contents({ ...envelope, kind: 'karma-checked', totals })).toEqual(['alice has 1 karma.']);
  });

  test('a change that counts differently says as what', () => {
    const totals = [total('alice', '5'), total('bob', '-1'), total('tea', '1')];
    const verdicts = [{ delta: 5, asked: 9 }, { refused: 'cooldown' }, { delta: -1, asked: 2 }, { delta: 1 }];
    expect(contents({ ...envelope, kind: 'karma-changed', announce: true, totals, verdicts })).toEqual([
      'alice has 5 karma. (That counts as +5.)\nbob has -1 karma. (That counts as −1.)\ntea has 1 karma.',
    ]);
  });

  test.each([
    [['self'], '🙃'],
    [['quota'], '⏳'],
    [['flood', 'self'], '⏳'],
    [['giver-role'], '🚫'],
    [['channel', 'receiver-bot'], '🚫'],
    [['of-a-later-release'], '🚫'],
    [['channel', 'self-ignored'], undefined],
  ])('where nothing counts, for %j, there is one reaction: %s', (refusals, emoji) => {
    const verdicts = refusals.map((refused) => ({ refused }));
    const expected = emoji === undefined ? undefined : { kind: 'reaction', ...target, emoji };
    expect(render({ ...envelope, kind: 'karma-refused', announce: true, verdicts })).toEqual(
      expected as never,
    );
    expect(render({ ...envelope, kind: 'karma-refused', announce: false, verdicts })).toBeUndefined();
  });

  test('a board has a rank on each line', () => {
    const entries = [total('alice', '12'), total('bob', '3')];
    expect(contents({ ...envelope, kind: 'board-checked', end: 'top', entries })).toEqual([
      '1. alice has 12 karma.\n2. bob has 3 karma.',
    ]);
  });

  test('an empty board says so', () => {
    expect(contents({ ...envelope, kind: 'board-checked', end: 'bottom', entries: [] })).toEqual([
      'Nothing has karma here yet. Write `alice++` to begin.',
    ]);
  });

  test('a long board is split between entries', () => {
    const entries = Array.from({ length: 100 }, (_, index) => total('w'.repeat(40), `-${index + 1}`));
    const parts = contents({ ...envelope, kind: 'board-checked', end: 'top', entries }) as string[];
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(2_000);
    const lines = parts.flatMap((part) => part.split('\n'));
    expect(lines.map((line) => line.split('.')[0])).toEqual(entries.map((_, index) => String(index + 1)));
  });

  test('the longest board is five messages, and says how many entries it leaves out', () => {
    const entries = Array.from({ length: 100 }, (_, index) => total('_'.repeat(128), `-${index + 1}`));
    const parts = contents({ ...envelope, kind: 'board-checked', end: 'top', entries }) as string[];
    expect(parts).toHaveLength(5);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(2_000);
    const lines = parts.flatMap((part) => part.split('\n'));
    const last = lines.pop();
    expect(last).toBe(`… and ${100 - lines.length} more.`);
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.every((line, index) => line.startsWith(`${index + 1}. `) && line.endsWith(' karma.'))).toBe(
      true,
    );
  });

  test('the longest list of subjects is said whole', () => {
    const totals = Array.from({ length: 25 }, (_, index) => total('_'.repeat(128), `-${index + 1}`));
    const parts = contents({ ...envelope, kind: 'karma-checked', totals }) as string[];
    expect(parts.flatMap((part) => part.split('\n'))).toHaveLength(25);
  });

  test('a changed setting is confirmed by a reaction', () => {
    expect(render({ ...envelope, kind: 'setting-changed', key: 'announce', value: false })).toEqual({
      kind: 'reaction',
      ...target,
      emoji: '✅',
    });
  });
});

describe('splitBetweenLines', () => {
  test('what fits is one content', () => {
    expect(splitBetweenLines(['a', 'b'])).toEqual(['a\nb']);
  });

  test('nothing is no content', () => {
    expect(splitBetweenLines([])).toEqual([]);
  });

  test('a line that would pass the limit begins the next content', () => {
    expect(splitBetweenLines(['abc', 'def', 'g'], 7)).toEqual(['abc\ndef', 'g']);
    expect(splitBetweenLines(['abc', 'defg', 'h'], 7)).toEqual(['abc', 'defg\nh']);
  });

  test('no line is lost or broken, and no content is too long', () => {
    const line = fc.string({ minLength: 1, maxLength: 300 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
        const contents = splitBetweenLines(lines);
        expect(contents.flatMap((content) => content.split('\n'))).toEqual(lines);
        for (const content of contents) expect(content.length).toBeLessThanOrEqual(MAX_CONTENT_LENGTH);
      }),
    );
  });
});
