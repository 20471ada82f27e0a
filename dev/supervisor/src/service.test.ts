import { afterEach, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempFolder } from '@popple/testing/temp-folder';
import { until } from '@popple/testing/until';
import { startProgram } from './program';
import { keepRunning, type Running, type Service } from './service';

const pauses = { firstMs: 20, longestMs: 60, stableMs: 1_500 };
const services: Service[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

/** A service made of the program that `code` is; `write` edits it. */
function partOf(code: string, notReady?: Running['notReady']) {
  const root = tempFolder('service').path;
  const write = (text: string) => writeFileSync(join(root, 'main.ts'), text);
  write(code);
  const said: string[] = [];
  const printed: string[] = [];
  const service = keepRunning({
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
  services.push(service);
  return { service, said, printed, write };
}

const runs = (
  word: string,
) => `process.on('SIGTERM', () => { process.stdout.write('drained ${word}\\n'); process.exit(0); });
  process.stdout.write('started ${word}\\n'); setInterval(() => {}, 1000);`;
const fails = `process.stdout.write('failing\\n'); process.exit(3);`;

test('it runs, is told ready, and is stopped in order', async () => {
  const { service, said, printed } = partOf(runs('a'));
  await service.firstOutcome;
  await until(() => printed.includes('started a'));
  expect(service.problem()).toBeUndefined();
  await service.stop();
  expect(printed).toEqual(['started a', 'drained a']);
  expect(said).toEqual(['it is ready']);
});

test('it is not ready before it says so', async () => {
  let wrong: string | undefined = 'nats: no route';
  const { service } = partOf(runs('a'), async () => wrong);
  await until(() => service.problem() === 'nats: no route');
  wrong = undefined;
  await service.firstOutcome;
  expect(service.problem()).toBeUndefined();
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
  const { service, printed, write } = partOf(runs('a'));
  await until(() => printed.includes('started a'));
  write(runs('b'));
  service.edited();
  await until(() => printed.includes('started b'));
  expect(printed).toEqual(['started a', 'drained a', 'started b']);
});

test('an edit that breaks it is not tried indefinitely: it waits for the next edit', async () => {
  const { service, said, printed, write } = partOf(runs('a'));
  await until(() => printed.includes('started a'));
  write(fails);
  service.edited();
  await until(() => said.some((line) => line.includes('waits for the next edit')));
  await sleep(300);
  expect(printed.filter((line) => line === 'failing')).toHaveLength(2);
  expect(service.problem()).toBe('ended by itself with exit code 3');
  write(runs('b'));
  service.edited();
  await until(() => printed.includes('started b'));
});

test('an edit ends a pause', async () => {
  const root = tempFolder('service').path;
  let starts = 0;
  const service = keepRunning({
    name: 'it',
    say: () => {},
    start: () => {
      starts += 1;
      return startProgram({ root, program: 'nothing-there.ts', env: process.env, onLine: () => {} });
    },
    pauses: { firstMs: 3_600_000, longestMs: 3_600_000, stableMs: 1_000 },
  });
  services.push(service);
  await until(() => starts === 1 && service.problem()?.startsWith('ended') === true);
  service.edited();
  await until(() => starts === 2);
});

test('a failure settles it, too: nobody waits for what may never be ready', async () => {
  const { service } = partOf(fails, async () => 'starting');
  await service.firstOutcome;
  expect(service.problem()).toBe('ended by itself with exit code 3');
});

test('one that cannot even be started is tried again', async () => {
  let tries = 0;
  const service = keepRunning({
    name: 'it',
    say: () => {},
    start: async () => {
      tries += 1;
      throw new Error('its port is taken');
    },
    pauses,
  });
  services.push(service);
  await until(() => tries === 3);
  expect(service.problem()).toBe('could not be started: its port is taken');
});

test('stopping ends a pause, too, and readiness is not waited for any more', async () => {
  const { service } = partOf(fails, async () => 'never');
  await service.stop();
  await service.firstOutcome;
});
