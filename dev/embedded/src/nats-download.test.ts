import { afterEach, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { freePort } from './free-port';
import { downloadNats } from './nats-download';
import type { NatsRelease } from './nats-release';

const servers: ReturnType<typeof Bun.serve>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

const program = '#!/bin/sh\necho "nats-server: v2.14.5"\n';

/** An archive as the release has them: a folder with the program in it. */
function archiveBytes(): Uint8Array<ArrayBuffer> {
  const folder = tempFolder('archive');
  const inner = join(folder.path, 'nats-server-v2.14.5-linux-amd64');
  mkdirSync(inner);
  writeFileSync(join(inner, 'nats-server'), program);
  chmodSync(join(inner, 'nats-server'), 0o755);
  // Random, so that it stays large: the download arrives in many pieces.
  writeFileSync(join(inner, 'README.md'), randomBytes(3_000_000));
  const archive = join(folder.path, 'a.tar.gz');
  const made = spawnSync('tar', ['-czf', archive, '-C', folder.path, 'nats-server-v2.14.5-linux-amd64']);
  expect(made.status).toBe(0);
  return new Uint8Array(readFileSync(archive));
}

const sumOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Serves paths of a release; a path that is not there is a 404. */
function serve(
  files: Record<string, Uint8Array<ArrayBuffer> | string | (() => Response | Promise<Response>)>,
): string {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      const file = files[new URL(request.url).pathname];
      if (file === undefined) return new Response('no', { status: 404 });
      return typeof file === 'function' ? file() : new Response(file);
    },
  });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const release = (sha256: string | undefined): NatsRelease => ({
  archive: 'nats.tar.gz',
  archivePath: 'v2/nats.tar.gz',
  sumsPath: 'v2/SHA256SUMS',
  sha256,
});

const newTarget = () => join(tempFolder('cache').path, 'nats-server-2', 'nats-server');

/** What a failed download may leave: an empty folder at most. */
function expectNothingLeft(target: string): void {
  expect(existsSync(dirname(target)) ? readdirSync(dirname(target)) : []).toEqual([]);
}

test('an archive with the right sum becomes an executable program', async () => {
  const bytes = archiveBytes();
  const target = newTarget();
  const seen: [number, number | undefined][] = [];
  await downloadNats({
    release: release(sumOf(bytes)),
    baseUrl: serve({ '/v2/nats.tar.gz': bytes }),
    target,
    onProgress: (received, total) => seen.push([received, total]),
  });
  expect(spawnSync(target, ['--version'], { encoding: 'utf8' }).stdout).toBe('nats-server: v2.14.5\n');
  expect(readdirSync(dirname(target))).toEqual(['nats-server']);
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
});

test('where no sum is known beforehand, the list of the release decides', async () => {
  const bytes = archiveBytes();
  const list = `${'0'.repeat(64)}  other.tar.gz\n${sumOf(bytes)}  nats.tar.gz\n`;
  const target = newTarget();
  await downloadNats({
    release: release(undefined),
    baseUrl: serve({ '/v2/nats.tar.gz': bytes, '/v2/SHA256SUMS': list }),
    target,
  });
  expect(existsSync(target)).toBe(true);
  const refused = newTarget();
  const wrongList = serve({ '/v2/nats.tar.gz': bytes, '/v2/SHA256SUMS': `${'0'.repeat(64)}  nats.tar.gz\n` });
  await expect(
    downloadNats({ release: release(undefined), baseUrl: wrongList, target: refused }),
  ).rejects.toThrow('SHA-256');
  expectNothingLeft(refused);
  const unlisted = serve({ '/v2/nats.tar.gz': bytes, '/v2/SHA256SUMS': 'nothing here\n' });
  await expect(
    downloadNats({ release: release(undefined), baseUrl: unlisted, target: refused }),
  ).rejects.toThrow('does not list nats.tar.gz');
  expectNothingLeft(refused);
});

test('an archive with another sum is refused, and leaves nothing', async () => {
  const bytes = archiveBytes();
  const target = newTarget();
  const baseUrl = serve({ '/v2/nats.tar.gz': bytes });
  await expect(downloadNats({ release: release('0'.repeat(64)), baseUrl, target })).rejects.toThrow(
    'SHA-256',
  );
  expectNothingLeft(target);
});

test('a truncated archive is refused, and leaves nothing', async () => {
  const bytes = archiveBytes();
  const target = newTarget();
  const baseUrl = serve({ '/v2/nats.tar.gz': bytes.subarray(0, bytes.length - 50) });
  await expect(downloadNats({ release: release(sumOf(bytes)), baseUrl, target })).rejects.toThrow('SHA-256');
  expectNothingLeft(target);
});

test('a connection that breaks in the middle of the archive leaves nothing', async () => {
  const target = newTarget();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n0123456789', () => socket.destroy());
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    const baseUrl = `http://127.0.0.1:${port}`;
    await expect(downloadNats({ release: release('0'.repeat(64)), baseUrl, target })).rejects.toThrow(
      'broke off',
    );
  } finally {
    server.close();
  }
  expectNothingLeft(target);
});

test('an archive with the right sum that cannot be unpacked, or has no program, leaves nothing', async () => {
  const target = newTarget();
  const noArchive = new TextEncoder().encode('this is not an archive');
  await expect(
    downloadNats({
      release: release(sumOf(noArchive)),
      baseUrl: serve({ '/v2/nats.tar.gz': noArchive }),
      target,
    }),
  ).rejects.toThrow('tar cannot unpack');
  expectNothingLeft(target);
  const folder = tempFolder('empty');
  const emptyArchive = join(tempFolder('archive').path, 'e.tar.gz');
  spawnSync('tar', ['-czf', emptyArchive, '-C', folder.path, '.']);
  const empty = new Uint8Array(readFileSync(emptyArchive));
  await expect(
    downloadNats({ release: release(sumOf(empty)), baseUrl: serve({ '/v2/nats.tar.gz': empty }), target }),
  ).rejects.toThrow('has no nats-server in it');
  expectNothingLeft(target);
});

test('a release that is not there says so', async () => {
  const target = newTarget();
  const baseUrl = serve({});
  await expect(downloadNats({ release: release('0'.repeat(64)), baseUrl, target })).rejects.toThrow(
    'answered 404',
  );
  expectNothingLeft(target);
});

test('a server that takes the connection and says nothing is given up on', async () => {
  const target = newTarget();
  const baseUrl = serve({ '/v2/nats.tar.gz': () => new Promise<Response>(() => {}) });
  await expect(
    downloadNats({ release: release('0'.repeat(64)), baseUrl, target, connectTimeoutMs: 200 }),
  ).rejects.toThrow('no answer within 0.2 s');
  expectNothingLeft(target);
});
