import { expect, test } from 'bun:test';
import { KeyedQueue } from './keyed-queue';

test('one key keeps order, another does not wait for it', async () => {
  const queue = new KeyedQueue();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = queue.run('a', async () => {
    await gate.promise;
    said.push('a1');
  });
  const second = queue.run('a', async () => void said.push('a2'));
  await queue.run('b', async () => void said.push('b1'));
  expect(said).toEqual(['b1']);
  gate.resolve();
  await Promise.all([first, second]);
  expect(said).toEqual(['b1', 'a1', 'a2']);
});

test('work after a failure still runs, and the failure is told', async () => {
  const queue = new KeyedQueue();
  const failed = queue.run('a', () => Promise.reject(new Error('no'))).catch((error: unknown) => error);
  const next = queue.run('a', async () => 'ran');
  expect(await failed).toEqual(new Error('no'));
  expect(await next).toBe('ran');
});

test('idle keys are forgotten', async () => {
  const queue = new KeyedQueue();
  await queue.run('a', async () => undefined);
  await Bun.sleep(0);
  expect(queue.size).toBe(0);
});
