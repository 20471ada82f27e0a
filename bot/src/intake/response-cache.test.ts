import { expect, test } from 'bun:test';
import { ResponseCache } from './response-cache';

test('what was answered is believed for its time, and then asked again', async () => {
  let nowMs = 0;
  let asked = 0;
  const cache = new ResponseCache<number>(1_000, 10, () => nowMs);
  const get = () => cache.get('a', async () => ++asked);
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  nowMs = 999;
  expect(await get()).toBe(1);
  nowMs = 1_000;
  expect(await get()).toBe(2);
});

test('a question that failed is asked again', async () => {
  const cache = new ResponseCache<number>(1_000, 10);
  expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await Bun.sleep(0);
  expect(await cache.get('a', async () => 7)).toBe(7);
});

test('the oldest are forgotten', async () => {
  let asked = 0;
  const cache = new ResponseCache<number>(1_000, 2);
  for (const key of ['a', 'b', 'c', 'b', 'a']) await cache.get(key, async () => ++asked);
  expect(asked).toBe(4);
});
