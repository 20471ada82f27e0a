import { expect, test } from 'bun:test';
import { describeExit, exitWithin, startChild } from './child-process';

const runScript = (script: string, onLine?: (line: string, from: 'stdout' | 'stderr') => void) =>
  startChild({ command: process.execPath, args: ['-e', script], ...(onLine ? { onLine } : {}) });

test('lines arrive whole, also the last one, also from both streams', async () => {
  const lines: string[] = [];
  const child = await runScript(
    `process.stdout.write('one\\ntw'); process.stdout.write('o\\r\\nthré'); process.stderr.write('err\\n')`,
    (line, from) => lines.push(`${from}: ${line}`),
  );
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(lines.sort()).toEqual(['stderr: err', 'stdout: one', 'stdout: thré', 'stdout: two']);
});

test('what cannot be started is an error that names it', async () => {
  await expect(startChild({ command: '/nonexistent/program', args: [] })).rejects.toThrow(
    'cannot start /nonexistent/program',
  );
});

test('a child is not in our process group, where Ctrl-C would reach it', async () => {
  const lines: string[] = [];
  const child = await startChild({
    command: 'ps',
    args: ['-o', 'pid=,pgid=', '-A'],
    onLine: (line) => lines.push(line),
  });
  await child.exited;
  const groups = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  expect(groups.get(child.pid)).toBe(child.pid);
  expect(groups.get(process.pid)).not.toBe(child.pid);
});

test('an exit is waited for so long and no longer', async () => {
  const child = await runScript('setInterval(() => {}, 1000)');
  expect(await exitWithin(child.exited, 50)).toBeUndefined();
  expect(child.signal('SIGKILL')).toBe(true);
  const exit = await child.exited;
  expect(describeExit(exit)).toBe('signal SIGKILL');
  expect(child.signal('SIGKILL')).toBe(false);
  expect(describeExit({ code: 3, signal: null })).toBe('exit code 3');
});
