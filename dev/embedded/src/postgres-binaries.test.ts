import { expect, test } from 'bun:test';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { natsServerVersion } from './nats-binary';
import { postgresBinaries, restoreLibraryLinks } from './postgres-binaries';

test('library links that an install left out are restored, and those that are there are left alone', () => {
  const root = join(tempFolder('package').path, 'native');
  mkdirSync(join(root, 'lib'), { recursive: true });
  writeFileSync(join(root, 'lib/libpq.so.5.17'), 'library');
  writeFileSync(join(root, 'lib/libpq.so'), 'there already');
  const link = (target: string) => ({ source: 'native/lib/libpq.so.5.17', target: `native/lib/${target}` });
  writeFileSync(join(root, 'pg-symlinks.json'), JSON.stringify([link('libpq.so.5'), link('libpq.so')]));
  restoreLibraryLinks(root);
  restoreLibraryLinks(root);
  expect(readlinkSync(join(root, 'lib/libpq.so.5'))).toBe('libpq.so.5.17');
  expect(readFileSync(join(root, 'lib/libpq.so'), 'utf8')).toBe('there already');
});

test('a package without links needs none', () => {
  expect(() => restoreLibraryLinks(tempFolder('package').path)).not.toThrow();
});

test('the programs of this platform are there', async () => {
  const { postgres, initdb, pgCtl } = await postgresBinaries(undefined);
  for (const program of [postgres, initdb, pgCtl]) expect(Bun.which(program)).toBe(program);
  expect(natsServerVersion(postgres)).toBeUndefined();
});
