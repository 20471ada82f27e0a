import { expect, test } from 'bun:test';
import { paced } from './pace';

test('each is sent once, in order, not before it is due, and late ones keep their due times', async () => {
  const startMs = performance.now();
  const sent: { index: number; dueMs: number; atMs: number }[] = [];
  await paced(50, 1_000, (from, to, due) => {
    const atMs = performance.now();
    for (let index = from; index < to; index += 1) sent.push({ index, dueMs: due(index), atMs });
    // Nothing is sent for a while, and then all that was due.
    if (from === 0) while (performance.now() < startMs + 20);
  });
  expect(sent.map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, n) => n));
  expect(sent.filter(({ dueMs, atMs }) => dueMs > atMs)).toEqual([]);
  const [first, second] = sent;
  expect((second?.dueMs ?? 0) - (first?.dueMs ?? 0)).toBeCloseTo(1, 6);
});
