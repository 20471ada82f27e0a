import { expect, test } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { findNewerNatsServer } from './nats-newer';

const folder = () => tempFolder('newer').path;

/** A program that prints this version of nats-server. */
function program(path: string, version: string): string {
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

const refuse = () => Promise.reject(new Error('E: no such package'));

test('a newer one is fetched once, and found afterwards', async () => {
  const home = folder();
  const old = program(join(home, 'old'), '2.9.10');
  const env = { XDG_CACHE_HOME: home };
  const fetchPackage = async (target: string) => {
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(target, '..'), { recursive: true });
    program(target, '2.10.27');
  };
  const fetched = await findNewerNatsServer(old, { env, fetchPackage });
  expect(fetched).toMatchObject({ version: '2.10.27' });
  expect(await findNewerNatsServer(old, { env, fetchPackage: refuse })).toEqual(fetched);
});

test('that none can be had is no error, and says why', async () => {
  const home = folder();
  const old = program(join(home, 'old'), '2.9.10');
  const env = { XDG_CACHE_HOME: home };
  expect(await findNewerNatsServer(old, { env, fetchPackage: refuse })).toEqual({
    missing: 'none could be fetched: E: no such package',
  });
});

test('nothing is fetched where the tests run on a newer one anyway', async () => {
  const newer = program(join(folder(), 'newer'), '2.14.5');
  const found = await findNewerNatsServer(newer, { env: {}, fetchPackage: refuse });
  expect(found).toEqual({ missing: 'nats-server 2.14.5 is newer than 2.9 already' });
});

test('NATS_SERVER_NEWER_BIN is taken when it is newer, and not when it is the same', async () => {
  const home = folder();
  const old = program(join(home, 'old'), '2.9.10');
  const newer = program(join(home, 'newer'), '2.15.1');
  const find = (binary: string) => findNewerNatsServer(old, { env: { NATS_SERVER_NEWER_BIN: binary } });
  expect(await find(newer)).toEqual({ binary: newer, version: '2.15.1' });
  expect(await find(old)).toMatchObject({
    missing: expect.stringContaining('no nats-server newer than 2.9.10'),
  });
});
