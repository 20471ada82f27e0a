import { expect, test } from 'bun:test';
import { certainlyLeft, identifiesToKeep } from './identify-budget';

const limit = (total: number, max_concurrency: number) => ({
  total,
  max_concurrency,
  remaining: 0,
  reset_after: 0,
});

test.each([
  // total, at once, kept, kept from repetition
  [1_000, 1, 1, 100],
  [2_000, 16, 16, 200],
  [1_000, 100, 50, 100],
  [10, 1, 0, 1],
  [1, 1, 0, 0],
])(
  'of %i IDENTIFYs a day, %i at once, %i are kept, and %i from what keeps failing',
  (total, atOnce, kept, repeated) => {
    expect(identifiesToKeep(limit(total, atOnce), false)).toBe(kept);
    expect(identifiesToKeep(limit(total, atOnce), true)).toBe(repeated);
  },
);

test.each([
  // how long ago it was said that 100 are left, at once, left for certain
  [0, 1, 100],
  [1, 1, 99],
  [5_000, 1, 99],
  [50_001, 1, 89],
  [10_000, 16, 68],
])('%i ms after 100 IDENTIFYs were left, %i at once, %i are', (ageMs, atOnce, left) => {
  expect(certainlyLeft({ ...limit(1_000, atOnce), remaining: 100 }, ageMs)).toBe(left);
});
