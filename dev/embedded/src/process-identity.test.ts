import { expect, test } from 'bun:test';
import { startChild } from './child-process';
import { commandLine, identify, isRunning, ownIdentity } from './process-identity';

test('a process is itself, and not another one with its pid', () => {
  const own = ownIdentity();
  expect(own.pid).toBe(process.pid);
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ ...own, startedAt: 'another time' })).toBe(false);
});

test('a process that has ended is not running', async () => {
  const child = await startChild({ command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
  const identity = identify(child.pid);
  expect(identity && isRunning(identity)).toBe(true);
  // It may not have become that program yet.
  while (!commandLine(child.pid)?.includes('setInterval')) await Bun.sleep(1);
  child.signal('SIGKILL');
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(identity && isRunning(identity)).toBe(false);
  expect(commandLine(child.pid)).toBeUndefined();
});

test('what is no pid has no identity', () => {
  for (const pid of [0, -1, Number.NaN, 2 ** 40]) expect(identify(pid)).toBeUndefined();
});
