import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { startChild } from '@popple/embedded/child-process';
import { identify, isRunning } from '@popple/embedded/process-identity';
import { tempFolder } from './temp-folder';
import { until } from './until';

/** A test run that starts a server and a child, makes a folder, prints that, and goes on. */
const run = `
  import { startChild } from '${Bun.resolveSync('@popple/embedded/child-process', import.meta.dir)}';
  import { reapProcess } from '${import.meta.dir}/reaper';
  import { tempFolder } from '${import.meta.dir}/temp-folder';
  const child = await startChild({ command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });
  reapProcess(child.pid);
  const kept = await startChild({ command: process.execPath, args: ['-e', 'setTimeout(() => {}, 4000)'] });
  reapProcess(kept.pid)();
  const folder = tempFolder('reaped').path;
  process.stdout.write(JSON.stringify({ pid: child.pid, kept: kept.pid, folder }) + '\\n');
  setInterval(() => {}, 1000);
`;

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`a run that is ended by ${signal} leaves nothing but what it took back`, async () => {
    const script = `${tempFolder('run').path}/run.ts`;
    await Bun.write(script, run);
    let told: { pid: number; kept: number; folder: string } | undefined;
    const child = await startChild({
      command: process.execPath,
      args: [script],
      onLine: (line) => {
        told = JSON.parse(line);
      },
    });
    await until(() => told !== undefined);
    if (!told) throw new Error('the run must tell what it made');
    const [server, kept] = [identify(told.pid), identify(told.kept)];
    if (!server || !kept) throw new Error('what the run started must be running');
    const { folder } = told;
    expect(existsSync(folder)).toBe(true);
    child.signal(signal);
    await until(() => !isRunning(server) && !existsSync(folder));
    expect(isRunning(kept)).toBe(true);
    process.kill(kept.pid, 'SIGKILL');
  });
}
