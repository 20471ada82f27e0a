import { expect, test } from 'bun:test';
import { NEWER_VERSION_DELIVERIES, newerVersionDelayMs } from './newer-version';

test('a newer message is given back with growing pauses, for about five minutes', () => {
  const delays = Array.from({ length: NEWER_VERSION_DELIVERIES }, (_, index) =>
    newerVersionDelayMs(index + 1),
  );
  expect(delays.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  const totalMs = delays.reduce<number>((sum, delay) => sum + (delay ?? Number.NaN), 0);
  expect(totalMs).toBeGreaterThanOrEqual(300_000);
  expect(totalMs).toBeLessThan(360_000);
  expect(newerVersionDelayMs(NEWER_VERSION_DELIVERIES + 1)).toBeUndefined();
  expect(newerVersionDelayMs(10_000)).toBeUndefined();
});
