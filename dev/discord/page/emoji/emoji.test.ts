import { describe, expect, test } from 'bun:test';
import { emojiTable } from '../../tools/make-emoji-table';
import { emojiNamed, emojiQuery, suggestEmoji } from './emoji';
import { EMOJI_TABLE } from './table';

test('the table is what the package says, and small', () => {
  expect(EMOJI_TABLE).toBe(emojiTable());
  expect(new TextEncoder().encode(EMOJI_TABLE).length).toBeLessThan(50_000);
});

test.each([
  ['tada', '🎉'],
  ['TADA', '🎉'],
  ['+1', '👍'],
  ['thumbsup', '👍'],
  ['heart', '❤️'],
  ['nonsense_name', undefined],
])('%s', (name, emoji) => {
  expect(emojiNamed(name)).toBe(emoji);
});

describe('what is typed after a colon', () => {
  test.each([
    [':ta', 'ta'],
    ['hi :+1', '+1'],
    ['(:smile_c', 'smile_c'],
    [':t', undefined],
    ['12:30', undefined],
    ['https://ab', undefined],
    ['std::vec', undefined],
    [':tada:', undefined],
    [':ta da', undefined],
    ['', undefined],
  ])('%j', (before, query) => {
    expect(emojiQuery(before)).toBe(query);
  });
});

describe('what is suggested', () => {
  test.each([
    ['pizza', 'pizza'],
    ['tad', 'tada'],
    ['ROCK', 'rock'],
    ['joy', 'joy'],
    ['eyes', 'eyes'],
  ])('for %s first %s', (query, name) => {
    expect(suggestEmoji(query)[0]?.name).toBe(name);
  });

  test('at most eight, and none for what fits nothing', () => {
    expect(suggestEmoji('sm')).toHaveLength(8);
    expect(suggestEmoji('qqq')).toEqual([]);
  });
});
