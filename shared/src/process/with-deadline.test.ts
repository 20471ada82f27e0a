import { expect, test } from 'bun:test';
import { withDeadline } from './with-deadline';

const never = () => new Promise<never>(() => {});

test('work that ends in time is what it came to', async () => {
  expect(await withDeadline(Promise.resolve('done'), 3_600_000, () => new Error('late'))).toBe('done');
  const broken = new Error('broken');
  await expect(withDeadline(Promise.reject(broken), 3_600_000, () => new Error('late'))).rejects.toBe(broken);
});

test('work that does not is given up, once', async () => {
  let asked = 0;
  const late = () => {
    asked += 1;
    return new Error('late');
  };
  await expect(withDeadline(never(), 5, late)).rejects.toThrow('late');
  expect(asked).toBe(1);
});
