import { afterEach, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempFolder } from '@popple/testing/temp-folder';
import { until } from '@popple/testing/until';
import { keepRunning, type Part, type Running } from './part';
import { startProgram } from './process-part';

const pauses = { firstMs: 20, longestMs: 60, stableMs: 1_500 };
const parts: Part[] = [];
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
});

/** A part made of the program that `code` is; `write` edits it. */
function partOf(code: string, notReady?: Running['notReady']) {
  const root = tempFolder('part').path;
  const write = (text: string) => writeFileSync(join(root, 'main.ts'), text);
  write(code);
  const said: string[] = [];
  const printed: string[] = [];
  const part = keepRunning({
    name: 'it',
    say: (text) => said.push(text),
    start: async () => {
      const running = await startProgram({
        root,
        program: 'main.ts',
        env: process.env,
        onLine: (l) => printed.push(l),
      });
      return notReady ? { ...running, notReady } : running;
    },
    pauses,
  });
  parts.push(part);
  return { part, said, printed, write };
}

const runs = (
  word: string,
) => `process.on('SIGTERM', () => { process.stdout.write('drained ${word}\\n'); process.exit(0); });
  process.stdout.write('started ${word}\\n'); setInterval(() => {}, 1000);`;
const fails = `process.stdout.write('failing\\n'); process.exit(3);`;

test('it runs, is told ready, and is stopped in order', async () => {
  const { part, said, printed } = partOf(runs('a'));
  await part.settled;
  await until(() => printed.includes('started a'));
  expect(part.problem()).toBeUndefined();
  await part.stop();
  expect(printed).toEqual(['started a', 'drained a']);
  expect(said).toEqual(['it is ready']);
});

test('it is not ready before it says so', async () => {
  let wrong: string | undefined = 'nats: no route';
  const { part } = partOf(runs('a'), async () => wrong);
  await until(() => part.problem() === 'nats: no route');
  wrong = undefined;
  await part.settled;
  expect(part.problem()).toBeUndefined();
});

test('one that crashes is started again, with growing pauses up to the longest', async () => {
  const { said } = partOf(fails);
  await until(() => said.length >= 4 + said.filter((line) => line.endsWith('ready')).length);
  expect(said.filter((line) => !line.endsWith('ready')).slice(0, 4)).toEqual([
    'it ended by itself with exit code 3; it is started again in 0.02 s',
    'it ended by itself with exit code 3; it is started again in 0.04 s',
    'it ended by itself with exit code 3; it is started again in 0.06 s',
    'it ended by itself with exit code 3; it is started again in 0.06 s',
  ]);
});

test('one that ran for a while has its failures forgiven', async () => {
  const { said } = partOf(`setTimeout(() => process.exit(3), 1_600);`);
  const ends = () => said.filter((line) => line.includes('ended'));
  await until(() => ends().length === 2);
  expect(ends().every((line) => line.endsWith('in 0.02 s'))).toBe(true);
});

test('an edit stops the old in order and starts the new', async () => {
  const { part, printed, write } = partOf(runs('a'));
  await until(() => printed.includes('started a'));
  write(runs('b'));
  part.edited();
  await until(() => printed.includes('started b'));
  expect(printed).toEqual(['started a', 'drained a', 'started b']);
});

test('an edit that breaks it is not tried for ever: it waits for the next edit', async () => {
  const { part, said, printed, write } = partOf(runs('a'));
  await until(() => printed.includes('started a'));
  write(fails);
  part.edited();
  await until(() => said.some((line) => line.includes('waits for the next edit')));
  await sleep(300);
  expect(printed.filter((line) => line === 'failing')).toHaveLength(2);
  expect(part.problem()).toBe('ended by itself with exit code 3');
  write(runs('b'));
  part.edited();
  await until(() => printed.includes('started b'));
});

test('an edit ends a pause', async () => {
  const root = tempFolder('part').path;
  let starts = 0;
  const part = keepRunning({
    name: 'it',
    say: () => {},
    start: () => {
      starts += 1;
      return startProgram({ root, program: 'nothing-there.ts', env: process.env, onLine: () => {} });
    },
    pauses: { firstMs: 3_600_000, longestMs: 3_600_000, stableMs: 1_000 },
  });
  parts.push(part);
  await until(() => starts === 1 && part.problem()?.startsWith('ended') === true);
  part.edited();
  await until(() => starts === 2);
});

test('a failure settles it, too: nobody waits for what may never be ready', async () => {
  const { part } = partOf(fails, async () => 'starting');
  await part.settled;
  expect(part.problem()).toBe('ended by itself with exit code 3');
});

test('one that cannot even be started is tried again', async () => {
  let tries = 0;
  const part = keepRunning({
    name: 'it',
    say: () => {},
    start: async () => {
      tries += 1;
      throw new Error('its port is taken');
    },
    pauses,
  });
  parts.push(part);
  await until(() => tries === 3);
  expect(part.problem()).toBe('could not be started: its port is taken');
});

test('stopping ends a pause, too, and readiness is not waited for any more', async () => {
  const { part } = partOf(fails, async () => 'never');
  await part.stop();
  await part.settled;
});
