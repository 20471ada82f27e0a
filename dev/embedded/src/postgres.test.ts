import { expect, test } from 'bun:test';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { reapFolder, reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';
import postgres from 'postgres';
import { freePort } from './free-port';
import { type EmbeddedPostgres, startPostgres } from './postgres';
import { identify, isRunning } from './process-identity';

const settings = { fsync: 'off', full_page_writes: 'off' };

const newFolder = () => join(tempFolder('postgres').path, 'data');

async function start(dataDir: string, port?: number): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ dataDir, settings, ...(port === undefined ? {} : { port }) });
  reapProcess(server.pid, 'SIGQUIT');
  reapFolder(server.folder);
  return server;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

test('data survives a stop, and the folder keeps its secrets', async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  await query(first.url, 'create table kept as select 1 as n');
  expect(statSync(join(first.folder, 'password')).mode & 0o777).toBe(0o600);
  expect(statSync(join(first.folder, 'cluster')).mode & 0o777).toBe(0o700);
  const wrong = new URL(first.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  await first.stop();
  expect(await first.exited).toEqual({ code: 0, signal: null });
  const second = await start(dataDir);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
});

test('after SIGKILL, with its lock file left behind, it starts again', async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  await query(first.url, 'create table kept as select 1 as n');
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const lockFile = join(first.folder, 'cluster', 'postmaster.pid');
  expect(existsSync(lockFile)).toBe(true);
  // After a reboot, the pid in the lock file may be any program's.
  const [, ...rest] = readFileSync(lockFile, 'utf8').split('\n');
  writeFileSync(lockFile, [process.pid, ...rest].join('\n'));
  const second = await start(dataDir);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
});

test('a server that a killed run left on the same folder is stopped first', async () => {
  const dataDir = newFolder();
  const left = await start(dataDir);
  const identity = identify(left.pid);
  // Killed before it could even note down which server it started.
  writeFileSync(join(left.folder, 'server.json'), '');
  const second = await start(dataDir);
  expect(identity && isRunning(identity)).toBe(false);
  expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await second.stop();
});

test('a folder of another major version is refused, with the way out', async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  await first.stop();
  writeFileSync(join(first.folder, 'cluster', 'PG_VERSION'), '15\n');
  await expect(startPostgres({ dataDir })).rejects.toThrow(/made by Postgres 15.*"bun run dev --fresh"/);
});

test('a port that another program keeps is an error after some patience', async () => {
  const port = await freePort();
  const squatter = createServer().listen(port, '127.0.0.1');
  try {
    await expect(startPostgres({ dataDir: newFolder(), settings, port })).rejects.toThrow('did not start');
  } finally {
    squatter.close();
  }
});

test('an immediate stop is a crash that the next start recovers from', async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  await query(first.url, 'create table kept as select 1 as n');
  await first.stop('immediate');
  const second = await start(dataDir, first.port);
  expect(second.port).toBe(first.port);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
});
