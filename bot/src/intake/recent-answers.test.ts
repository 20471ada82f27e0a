import { expect, test } from 'bun:test';
import { RecentAnswers } from './recent-answers';

test('what was answered is believed for its time, and then asked again', async () => {
  let nowMs = 0;
  let asked = 0;
  const answers = new RecentAnswers<number>(1_000, 10, () => nowMs);
  const get = () => answers.get('a', async () => ++asked);
  expect(await Promise.all([get(), get()])).toEqual([1, 1]);
  nowMs = 999;
  expect(await get()).toBe(1);
  nowMs = 1_000;
  expect(await get()).toBe(2);
});

test('a question that failed is asked again', async () => {
  const answers = new RecentAnswers<number>(1_000, 10);
  expect(answers.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await Bun.sleep(0);
  expect(await answers.get('a', async () => 7)).toBe(7);
});

test('the oldest are forgotten', async () => {
  let asked = 0;
  const answers = new RecentAnswers<number>(1_000, 2);
  for (const key of ['a', 'b', 'c', 'b', 'a']) await answers.get(key, async () => ++asked);
  expect(asked).toBe(4);
});
