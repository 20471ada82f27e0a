import { expect, test } from 'bun:test';
import { bisect } from './divide-batch';

class Refusal extends Error {}
const isRefusal = (error: unknown) => error instanceof Refusal;

function worker(bad: ReadonlySet<number>) {
  const done: number[] = [];
  let tries = 0;
  const work = async (items: readonly number[]) => {
    tries += 1;
    const offender = items.find((item) => bad.has(item));
    if (offender !== undefined) throw new Refusal(String(offender));
    done.push(...items);
    return items.length;
  };
  return { work, done, tries: () => tries };
}

const hundred = Array.from({ length: 100 }, (_, index) => index);

test('a good batch is one piece of work', async () => {
  const { work, done, tries } = worker(new Set());
  expect(await bisect(hundred, work, isRefusal)).toEqual({ results: [100], refused: [] });
  expect(done).toEqual(hundred);
  expect(tries()).toBe(1);
});

test('offenders are found, and everything else is done in order', async () => {
  const { work, done, tries } = worker(new Set([3, 71]));
  const { refused } = await bisect(hundred, work, isRefusal);
  expect(refused.map(({ item }) => item)).toEqual([3, 71]);
  expect(done).toEqual(hundred.filter((item) => item !== 3 && item !== 71));
  expect(tries()).toBeLessThan(32);
});

test('an error that is nobody’s fault is not taken for a refusal', async () => {
  const broken = new Error('connection lost');
  const work = () => Promise.reject(broken);
  await expect(bisect(hundred, work, isRefusal)).rejects.toBe(broken);
});

test('an empty batch is no work', async () => {
  const { work, tries } = worker(new Set());
  expect(await bisect([], work, isRefusal)).toEqual({ results: [], refused: [] });
  expect(tries()).toBe(0);
});
