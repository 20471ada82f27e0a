import { expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { compareSnowflakes, SnowflakeSource, snowflakeOf } from './snowflake';

const NOW_MS = Date.UTC(2026, 0, 1);

test('every id is higher than the one before, however many a millisecond has to hold and wherever the clock goes', () => {
  const source = new SnowflakeSource();
  const clockMs = [...Array.from({ length: 10_000 }, () => NOW_MS), NOW_MS - 5000, NOW_MS + 1, NOW_MS + 100];
  const ids = clockMs.map((nowMs) => source.next(nowMs));
  for (const [index, id] of ids.entries()) {
    expect(compareSnowflakes(id, ids[index - 1] ?? '0')).toBeGreaterThan(0);
  }
});

test('an id tells when it was made', () => {
  expect(snowflakeTimeMs(new SnowflakeSource().next(NOW_MS))).toBe(NOW_MS);
  expect(snowflakeTimeMs(snowflakeOf(NOW_MS, 7))).toBe(NOW_MS);
});

test('after a restart ids go on above those that were given out', () => {
  const last = snowflakeOf(NOW_MS + 60_000, 4095);
  const source = new SnowflakeSource();
  source.startAfter(last);
  expect(compareSnowflakes(source.next(NOW_MS), last)).toBeGreaterThan(0);
});

test('ids are compared as numbers', () => {
  expect(compareSnowflakes('99', '100')).toBeLessThan(0);
  expect(compareSnowflakes('101', '100')).toBeGreaterThan(0);
  expect(compareSnowflakes('100', '100')).toBe(0);
});
