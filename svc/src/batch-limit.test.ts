import { expect, test } from 'bun:test';
import { BatchLimit } from './batch-limit';

test('it is halved by each timeout, never below one', () => {
  const limit = new BatchLimit(500);
  const seen = Array.from({ length: 12 }, () => {
    limit.timedOut();
    return limit.current;
  });
  expect(seen).toEqual([250, 125, 62, 31, 15, 7, 3, 1, 1, 1, 1, 1]);
});

test('it grows back slowly, and only by batches that used it to the full', () => {
  const limit = new BatchLimit(500);
  limit.timedOut();
  limit.succeeded(249);
  expect(limit.current).toBe(250);
  limit.succeeded(250);
  expect(limit.current).toBe(260);
  for (let batch = 0; batch < 100; batch += 1) limit.succeeded(limit.current);
  expect(limit.current).toBe(500);
});
