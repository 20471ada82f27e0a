import { expect, test } from 'bun:test';
import { latencyChart, linearTicks, logTicks } from './chart';

test('the logarithmic axis begins and ends at round numbers around all values', () => {
  expect(logTicks(3, 40)).toEqual([2, 5, 10, 20, 50]);
  expect(logTicks(0.8, 0.9)).toEqual([0.5, 1]);
  expect(logTicks(1, 1_000)).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]);
});

test('the linear axis begins at nothing and ends past the highest value', () => {
  expect(linearTicks(8_500)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
  expect(linearTicks(50)).toEqual([0, 10, 20, 30, 40, 50]);
});

test('a chart has a line with a name for each percentile, from the lowest load to the highest', () => {
  const load = (perSecond: number, ms: number) => ({
    label: '',
    perSecond,
    othersShare: undefined,
    latency: { samples: 1, p50: ms, p99: 2 * ms, p999: 3 * ms, max: 3 * ms },
  });
  const svg = latencyChart([load(5_000, 9), load(50, 3)], 'two cores');
  expect(svg.match(/<circle/g)).toHaveLength(6);
  for (const name of ['>p50<', '>p99<', '>p99.9<', '>two cores<', '>5,000<']) expect(svg).toContain(name);
  const [, from = 0, to = 0] = /d="M([\d.]+) [\d.]+L([\d.]+)/.exec(svg)?.map(Number) ?? [];
  expect(to).toBeGreaterThan(from);
  expect(svg).not.toContain('NaN');
});
