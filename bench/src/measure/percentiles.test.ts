import { expect, test } from 'bun:test';
import { latencyOf, mean, median, percentile } from './percentiles';

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test('a percentile is a value that was measured, which that share is not above', () => {
  expect(percentile(upTo(100), 0.5)).toBe(50);
  expect(percentile(upTo(100), 0.99)).toBe(99);
  expect(percentile(upTo(100), 0.999)).toBe(100);
  expect(percentile([7], 0)).toBe(7);
});

test('latencies are sorted as numbers', () => {
  expect(latencyOf([10, 9, 100, 1])).toEqual({ samples: 4, p50: 9, p99: 100, p999: 100, max: 100 });
  expect(() => latencyOf([])).toThrow('no samples');
});

test('median and mean', () => {
  expect([median([3]), median([10, 2, 9]), median([4, 1, 3, 2])]).toEqual([3, 9, 2.5]);
  expect(mean([1, 2, 6])).toBe(3);
  expect(() => median([])).toThrow('no values');
  expect(() => mean([])).toThrow('no values');
});
