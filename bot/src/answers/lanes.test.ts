import { expect, test } from 'bun:test';
import { Lanes } from './lanes';

test('one key keeps order, another does not wait for it', async () => {
  const lanes = new Lanes();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lanes.run('a', async () => {
    await gate.promise;
    said.push('a1');
  });
  const second = lanes.run('a', async () => void said.push('a2'));
  await lanes.run('b', async () => void said.push('b1'));
  expect(said).toEqual(['b1']);
  gate.resolve();
  await Promise.all([first, second]);
  expect(said).toEqual(['b1', 'a1', 'a2']);
});

test('work after a failure still runs, and the failure is told', async () => {
  const lanes = new Lanes();
  const failed = lanes.run('a', () => Promise.reject(new Error('no'))).catch((error: unknown) => error);
  const next = lanes.run('a', async () => 'ran');
  expect(await failed).toEqual(new Error('no'));
  expect(await next).toBe('ran');
});

test('idle lanes are forgotten', async () => {
  const lanes = new Lanes();
  await lanes.run('a', async () => undefined);
  await Bun.sleep(0);
  expect(lanes.size).toBe(0);
});
