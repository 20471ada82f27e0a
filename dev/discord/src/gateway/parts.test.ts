import { expect, test } from 'bun:test';
import { DelayLine } from './delay-line';
import { ReplayBuffer } from './replay-buffer';
import { isValidShard, shardOf } from './shard';

test('a replay buffer gives what came after a sequence, or says that it no longer can', () => {
  const buffer = new ReplayBuffer(3);
  expect(buffer.since(0)).toEqual([]);
  for (let sequence = 1; sequence <= 5; sequence++) buffer.add(sequence, `frame ${sequence}`);
  expect(buffer.since(5)).toEqual([]);
  expect(buffer.since(3)).toEqual(['frame 4', 'frame 5']);
  expect(buffer.since(2)).toEqual(['frame 3', 'frame 4', 'frame 5']);
  expect(buffer.since(1)).toBeNull();
});

test('a delay line keeps the order when the delay changes, and drops what is on its way when cleared', async () => {
  let delayMs = 30;
  const delivered: number[] = [];
  const line = new DelayLine<number>(
    () => delayMs,
    (item) => void delivered.push(item),
  );
  line.push(1);
  line.push(2);
  delayMs = 0;
  line.push(3);
  expect(delivered).toEqual([]);
  await Bun.sleep(60);
  expect(delivered).toEqual([1, 2, 3]);
  line.push(4);
  expect(delivered).toEqual([1, 2, 3, 4]);
  delayMs = 10;
  line.push(5);
  line.clear();
  await Bun.sleep(30);
  expect(delivered).toEqual([1, 2, 3, 4]);
});

test('guilds are spread over shards by their age in milliseconds', () => {
  expect(shardOf('81384788765712384', 4)).toBe(Number((81384788765712384n >> 22n) % 4n));
  expect(shardOf(null, 4)).toBe(0);
  expect(
    [
      [0, 1],
      [1, 2],
    ].every(([id = 0, count = 0]) => isValidShard([id, count])),
  ).toBe(true);
  expect(
    [
      [1, 1],
      [-1, 2],
      [0.5, 2],
      [0, 0],
    ].some(([id = 0, count = 0]) => isValidShard([id, count])),
  ).toBe(false);
});
