import { expect, test } from 'bun:test';
import { parseDurationMs } from './duration';

test.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  [' 2h ', 7_200_000],
  ['0s', 0],
])('%s is %d ms', (text, expected) => {
  expect(parseDurationMs(text)).toBe(expected);
});

test.each(['', '1', 'h', '1.5h', '-1h', '1 h', '1w', '1h30m', 'soon'])('%p is no length of time', (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});
