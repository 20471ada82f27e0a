import { expect, test } from 'bun:test';
import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { userCache } from './user-cache';

test('the cache is where the person wants it, or in their home', () => {
  const home = tempFolder('home').path;
  expect(userCache({ HOME: home })).toBe(join(home, '.cache/popple'));
  expect(userCache({ HOME: home, XDG_CACHE_HOME: join(home, 'elsewhere') })).toBe(
    join(home, 'elsewhere/popple'),
  );
  expect(userCache({ HOME: home, XDG_CACHE_HOME: 'relative' })).toBe(join(home, '.cache/popple'));
  expect(existsSync(join(home, 'elsewhere/popple'))).toBe(true);
});

test('where the home cannot be written, it is under the folder for temporary files', () => {
  const file = join(tempFolder('home').path, 'file');
  writeFileSync(file, '');
  const cache = userCache({ HOME: join(file, 'home') });
  expect(cache).toStartWith(join(tmpdir(), 'popple-cache-'));
  // It may be this machine's real one.
  if (readdirSync(cache).length === 0) rmdirSync(cache);
});
