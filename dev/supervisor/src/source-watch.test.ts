import { afterEach, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { watchSources } from './source-watch';

let stop = () => {};
afterEach(() => stop());

/** Watches a folder with one file in it; `next` is what is told after the call. */
function watched() {
  const root = tempFolder('sources').path;
  mkdirSync(join(root, 'bot/src'), { recursive: true });
  writeFileSync(join(root, 'bot/src/main.ts'), 'one');
  let told = (_: string[]) => {};
  stop = watchSources({
    root,
    watched: ['bot/src', 'bun.lock'],
    intervalMs: 20,
    onChange: (files) => told(files),
  });
  return {
    root,
    next: () => new Promise<string[]>((resolve) => (told = resolve)),
  };
}

test('an edit, a new file in a new folder, a rename and a removal are told together', async () => {
  const { root, next } = watched();
  const changed = next();
  writeFileSync(join(root, 'bot/src/main.ts'), 'two and more');
  mkdirSync(join(root, 'bot/src/deep/er'), { recursive: true });
  writeFileSync(join(root, 'bot/src/deep/er/new.ts'), '');
  expect(await changed).toEqual(['bot/src/deep/er/new.ts', 'bot/src/main.ts']);
  const moved = next();
  renameSync(join(root, 'bot/src/deep'), join(root, 'bot/src/deeper'));
  expect(await moved).toEqual(['bot/src/deep/er/new.ts', 'bot/src/deeper/er/new.ts']);
  const removed = next();
  rmSync(join(root, 'bot/src/main.ts'));
  expect(await removed).toEqual(['bot/src/main.ts']);
});

test('a single file is watched, also before it is there', async () => {
  const { root, next } = watched();
  const changed = next();
  writeFileSync(join(root, 'bun.lock'), '{}');
  expect(await changed).toEqual(['bun.lock']);
});

test('saving by a new file that takes the place of the old one is an edit', async () => {
  const { root, next } = watched();
  const changed = next();
  writeFileSync(join(root, 'bot/src/.main.ts.swp'), 'new');
  renameSync(join(root, 'bot/src/.main.ts.swp'), join(root, 'bot/src/main.ts'));
  expect(await changed).toEqual(['bot/src/main.ts']);
});

test('tests, hidden files and what is no source are not told', async () => {
  const { root, next } = watched();
  const changed = next();
  for (const name of ['main.test.ts', '.main.ts.swp', 'main.ts~', 'notes.txt']) {
    writeFileSync(join(root, 'bot/src', name), 'x');
  }
  writeFileSync(join(root, 'bot/src/last.ts'), '');
  expect(await changed).toEqual(['bot/src/last.ts']);
});
