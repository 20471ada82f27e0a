import { expect, test } from 'bun:test';
import { freeze } from './freeze';
import { reapProcess } from './reaper';

test('a frozen process does nothing at all from then on', async () => {
  // Busy threads beside the one that writes, as a server has them.
  const busy = `for (let n = 0; n < 3; n += 1) new Worker(URL.createObjectURL(new Blob(['for (;;);'])));
    setInterval(() => process.stdout.write('.'), 1);`;
  const child = Bun.spawn([process.execPath, '-e', busy], { stdout: 'pipe' });
  const release = reapProcess(child.pid);
  const ticks = child.stdout.getReader();
  await ticks.read();
  await freeze(child.pid);
  // What it wrote before is still in the pipe.
  let silence = false;
  while (!silence)
    silence = await Promise.race([ticks.read().then(() => false), Bun.sleep(200).then(() => true)]);
  process.kill(child.pid, 'SIGCONT');
  expect((await ticks.read()).done).toBe(false);
  child.kill('SIGKILL');
  await child.exited;
  release();
});

test('a process that is gone cannot be frozen', async () => {
  const child = Bun.spawn(['true']);
  await child.exited;
  await expect(freeze(child.pid)).rejects.toThrow('ESRCH');
});
