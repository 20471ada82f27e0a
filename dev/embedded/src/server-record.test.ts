import { expect, test } from 'bun:test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { type RunningChild, startChild } from './child-process';
import { identify, ownIdentity } from './process-identity';
import { DataFolderInUseError, recordServer, stopLeftover, stopProcess } from './server-record';

const ready = 'ready';

/** A process that goes on until it is killed, and takes no notice of the signals in `deafTo`. */
async function stubborn(deafTo: string[] = []): Promise<RunningChild> {
  const script = `${deafTo.map((s) => `process.on('${s}', () => {});`).join('')}
    setInterval(() => {}, 1000); process.stdout.write('${ready}\\n')`;
  return new Promise((resolve, reject) => {
    const started = startChild({
      command: process.execPath,
      args: ['-e', script],
      onLine: (line) => {
        if (line === ready) resolve(started);
      },
    });
    started.catch(reject);
  });
}

const newRecord = () => {
  const folder = tempFolder('record').path;
  return { folder, file: join(folder, 'server.json') };
};

/** As recordServer writes it, for an owner that is not this process. */
function recordFor(file: string, serverPid: number, owner: { pid: number; startedAt: string }): void {
  recordServer(file, serverPid);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), owner }));
}

test('a server whose owner was killed is stopped', async () => {
  const { folder, file } = newRecord();
  const server = await stubborn();
  recordFor(file, server.pid, { pid: 2 ** 30, startedAt: 'long ago' });
  await stopLeftover(folder, file, ['SIGTERM']);
  expect(await server.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(existsSync(file)).toBe(false);
});

test('a server whose owner is alive is left alone, and its owner is named', async () => {
  const { folder, file } = newRecord();
  const [server, owner] = [await stubborn(), await stubborn()];
  const identity = identify(owner.pid);
  if (!identity) throw new Error('the owner must be running');
  recordFor(file, server.pid, identity);
  const error = await stopLeftover(folder, file, ['SIGTERM']).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DataFolderInUseError);
  expect((error as Error).message).toContain(`process ${owner.pid}`);
  expect(identify(server.pid)).toBeDefined();
  for (const child of [server, owner]) {
    child.signal('SIGKILL');
    await child.exited;
  }
});

test('a process that was given the pid of a recorded server is not touched', async () => {
  const { folder, file } = newRecord();
  const bystander = await stubborn();
  const reused = { pid: bystander.pid, startedAt: 'before it began' };
  writeFileSync(file, JSON.stringify({ server: reused, owner: { pid: 2 ** 30, startedAt: 'long ago' } }));
  await stopLeftover(folder, file, ['SIGKILL']);
  expect(identify(bystander.pid)).toBeDefined();
  bystander.signal('SIGKILL');
  await bystander.exited;
});

test('a missing or torn record is as none', async () => {
  const { folder, file } = newRecord();
  await stopLeftover(folder, file, ['SIGKILL']);
  writeFileSync(file, '{"server":{"pid":');
  await stopLeftover(folder, file, ['SIGKILL']);
  expect(existsSync(file)).toBe(true);
});

test('a process that is deaf to the first signals is killed', async () => {
  const server = await stubborn(['SIGINT', 'SIGTERM']);
  const identity = identify(server.pid);
  if (!identity) throw new Error('the process must be running');
  await stopProcess(identity, ['SIGINT', 'SIGTERM'], 150);
  expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a server of this very process is known to be its own', () => {
  const { file } = newRecord();
  recordServer(file, process.pid);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ server: ownIdentity(), owner: ownIdentity() });
});
