import { expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '@popple/embedded/child-process';
import { tempFolder } from '@popple/testing/temp-folder';
import { AlreadyRunningError, claimRunFile } from './run-file';

const gone = { pid: 2 ** 30, startedAt: 'long ago' };
const newPath = () => join(tempFolder('run').path, '.popple', 'run.json');

test('one who runs is named to the next, with where to find it', () => {
  const path = newPath();
  const first = claimRunFile(path);
  expect(() => claimRunFile(path)).toThrow(AlreadyRunningError);
  first.setUrl('http://127.0.0.1:3000');
  expect(() => claimRunFile(path)).toThrow(`process ${process.pid}, http://127.0.0.1:3000`);
  first.release();
  claimRunFile(path).release();
});

test('what one who was killed left is handed to the next, and stays noted until it is removed', () => {
  const path = newPath();
  const first = claimRunFile(path);
  first.add({ name: 'nats', pid: 11, startedAt: 'a', signal: 'SIGTERM' });
  first.add({ name: 'bot', pid: 12, startedAt: 'b', signal: 'SIGTERM' });
  first.add({ name: 'bot', pid: 13, startedAt: 'c', signal: 'SIGTERM' });
  first.remove('nats');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), supervisor: gone }));
  const left = [{ name: 'bot', pid: 13, startedAt: 'c', signal: 'SIGTERM' as const }];
  expect(claimRunFile(path).leftovers).toEqual(left);
  // That one was killed, too.
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), supervisor: gone }));
  const third = claimRunFile(path);
  expect(third.leftovers).toEqual(left);
  third.remove('bot');
  third.release();
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('a torn file is as none', () => {
  const path = newPath();
  claimRunFile(path).release();
  writeFileSync(path, '{"supervisor":');
  const file = claimRunFile(path);
  expect(file.leftovers).toEqual([]);
  file.release();
  expect(existsSync(path)).toBe(false);
});

for (const before of ['nothing', 'a file of one who was killed'] as const) {
  test(`of many that start at once over ${before}, one gets it`, async () => {
    const path = newPath();
    claimRunFile(path).release();
    if (before !== 'nothing') writeFileSync(path, JSON.stringify({ supervisor: gone, children: [] }));
    const script = `
      import { claimRunFile } from '${import.meta.dir}/run-file';
      try { claimRunFile('${path}'); process.stdout.write('got it\\n'); setTimeout(() => {}, 60_000); }
      catch (error) { process.stdout.write(error.name + '\\n'); }`;
    const file = `${tempFolder('claim').path}/claim.ts`;
    writeFileSync(file, script);
    const told: string[] = [];
    const answered = Promise.withResolvers<void>();
    const children = await Promise.all(
      Array.from({ length: 6 }, () =>
        startChild({
          command: process.execPath,
          args: [file],
          onLine: (line) => {
            told.push(line);
            if (told.length === 6) answered.resolve();
          },
        }),
      ),
    );
    await answered.promise;
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map((child) => child.exited));
    expect(told.sort()).toEqual([...Array(5).fill('AlreadyRunningError'), 'got it']);
  });
}
