import { expect, test } from 'bun:test';
import { Sparingly } from './sparingly';

test('each key has its turn once in a while', () => {
  let nowMs = 0;
  const hints = new Sparingly(1_000, 10, () => nowMs);
  expect([hints.allows('a'), hints.allows('b'), hints.allows('a')]).toEqual([true, true, false]);
  nowMs = 999;
  expect(hints.allows('a')).toBe(false);
  nowMs = 1_000;
  expect([hints.allows('a'), hints.allows('a')]).toEqual([true, false]);
});

test('the oldest are forgotten', () => {
  const hints = new Sparingly(1_000, 2);
  for (const key of ['a', 'b', 'c']) expect(hints.allows(key)).toBe(true);
  expect([hints.allows('c'), hints.allows('a')]).toEqual([false, true]);
});
