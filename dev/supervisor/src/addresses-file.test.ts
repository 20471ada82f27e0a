import { expect, test } from 'bun:test';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { writeAddressesFile } from './addresses-file';

test('names the servers of this run, for its owner only, until they are gone', () => {
  const folder = tempFolder('addresses');
  const path = join(folder.path, 'servers.env');
  writeFileSync(path, 'of an earlier run', { mode: 0o644 });
  const remove = writeAddressesFile(path, {
    natsUrl: 'nats://a',
    databaseUrl: undefined,
    discord: undefined,
  });
  expect(readFileSync(path, 'utf8')).toBe('NATS_URL=nats://a\nHTTP_PORT=0\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  remove();
  expect(existsSync(path)).toBe(false);
  folder.remove();
});
