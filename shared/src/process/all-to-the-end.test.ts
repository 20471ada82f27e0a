import { expect, test } from 'bun:test';
import { allToTheEnd } from './all-to-the-end';

test('the first in the list that failed is thrown, after the others have ended', async () => {
  let hasEnded = false;
  const slow = Bun.sleep(20).then(() => {
    hasEnded = true;
    throw new Error('slow');
  });
  await expect(allToTheEnd([Promise.resolve(), slow, Promise.reject(new Error('quick'))])).rejects.toThrow(
    'slow',
  );
  expect(hasEnded).toBe(true);
  await allToTheEnd([]);
});
