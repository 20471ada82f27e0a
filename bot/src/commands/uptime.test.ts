import { expect, test } from 'bun:test';
import { inWords } from './uptime';

test.each([
  [0, 'less than a second'],
  [1_000, '1 second'],
  [61_000, '1 minute, 1 second'],
  [3_600_000, '1 hour'],
  [7_500_000, '2 hours, 5 minutes'],
  [90_061_000, '1 day, 1 hour'],
])('%d ms is %s', (durationMs, words) => {
  expect(inWords(durationMs)).toBe(words);
});
