import { expect, test } from 'bun:test';
import { compare, inSeries, ratioOf } from './ratios';

const rate = (name: string, ...rounds: number[]) => ({ name, label: name.toUpperCase(), rounds, cpu: [] });

test('layers in series give the rate of one that takes the sum of their times', () => {
  expect(inSeries([100])).toBe(100);
  expect(inSeries([100, 100])).toBe(50);
  expect(inSeries([30_000, 16_000, 23_000])).toBeCloseTo(7_178, 0);
});

test('a path is compared with its layers round by round', () => {
  const layers = [rate('a', 100, 1_000), rate('b', 50, 500), rate('c', 1, 1)];
  // In both rounds it makes 40 of 50, whatever the machine was up to.
  expect(compare({ ...rate('p', 40, 400), layers: ['a', 'b'] }, layers)).toEqual({
    perSecond: 220,
    slowest: { label: 'B', perSecond: 275, ratio: 0.8 },
    inSeries: { perSecond: expect.closeTo(183.3, 1), ratio: expect.closeTo(1.2, 5) },
  });
});

test('a layer that is passed twice counts twice, and one that was measured once stands for all rounds', () => {
  const path = { ...rate('p', 25, 50), layers: ['a', 'a'] };
  expect(compare(path, [rate('a', 100)])?.inSeries).toEqual({ perSecond: 50, ratio: 0.75 });
});

test('without one of its layers there is nothing to compare with', () => {
  expect(compare({ ...rate('p', 1), layers: ['a', 'b'] }, [rate('a', 1)])).toBeUndefined();
  expect(compare({ ...rate('p', 1), layers: [] }, [])).toBeUndefined();
});

test('one rate by another', () => {
  expect(ratioOf(rate('x', 1, 20, 3), rate('y', 2, 10, 4))).toBe(0.75);
});
