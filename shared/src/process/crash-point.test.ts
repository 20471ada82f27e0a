import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { armCrashPoint, crashAt } from './crash-point';

const FIXTURE = join(import.meta.dir, 'fixtures/crash.ts');

async function runFixture(setting?: string) {
  const child = Bun.spawn([process.execPath, FIXTURE], {
    env: { PATH: process.env.PATH, ...(setting === undefined ? {} : { POPPLE_CRASH_AT: setting }) },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { output, errors, code: child.exitCode, signal: child.signalCode };
}

describe('a process with crash points', () => {
  test('passes all of them when it is not told to die', async () => {
    expect(await runFixture()).toEqual({ output: '1\n2\n3\n', errors: '', code: 0, signal: null });
  });

  test('dies by SIGKILL at the pass it is told, and not one statement later', async () => {
    const { output, signal } = await runFixture(crashAt('svc:after-commit', 2));
    expect({ output, signal }).toEqual({ output: '1\n', signal: 'SIGKILL' });
  });

  test('does not start with a setting that would kill nobody', async () => {
    const { code, errors } = await runFixture('svc:after-comit:2');
    expect(code).toBe(1);
    expect(errors).toContain('POPPLE_CRASH_AT is "svc:after-comit:2"');
  });
});

test.each(['svc:after-commit', 'svc:after-commit:0', 'svc:after-commit:x', ':1', 'nowhere:1'])(
  'refuses %s',
  (setting) => {
    expect(() => armCrashPoint(setting, () => {})).toThrow('expected <point>:<pass>');
  },
);

test('dies once only, at its own point', () => {
  let deaths = 0;
  const pass = armCrashPoint(crashAt('bot:before-post', 1), () => {
    deaths += 1;
  });
  pass('bot:after-discord-200');
  expect(deaths).toBe(0);
  pass('bot:before-post');
  pass('bot:before-post');
  expect(deaths).toBe(1);
});
