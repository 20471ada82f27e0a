import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { SAME_REQUEST_MS } from './stop-signals';

const PART = join(import.meta.dir, 'fixtures/part.ts');

function start(environment: Record<string, string>, ...args: string[]) {
  return Bun.spawn([process.execPath, PART, ...args], {
    env: { ...process.env, ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

/** Waits until a part has said `text`, and goes on collecting what it says until it ends. */
async function collect(part: ReturnType<typeof start>, text: string) {
  let said = '';
  const seen = Promise.withResolvers<void>();
  const all = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of part.stdout) {
      said += decoder.decode(chunk, { stream: true });
      if (said.includes(text)) seen.resolve();
    }
    seen.resolve();
    return said;
  })();
  await seen.promise;
  // In an object, for a bare promise would be awaited with this one.
  return { output: all };
}

async function end(environment: Record<string, string>, ...args: string[]) {
  const part = start(environment, ...args);
  const [out, err, code] = await Promise.all([
    new Response(part.stdout).text(),
    new Response(part.stderr).text(),
    part.exited,
  ]);
  return { out, err, code };
}

describe('run', () => {
  test('a part that returns is cleaned up in reverse order and exits 0', async () => {
    const { out, code } = await end({ BEHAVIOUR: 'return' });
    expect(code).toBe(0);
    expect(out.indexOf('closed second')).toBeLessThan(out.indexOf('closed first'));
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s cleans up and exits 0', async (signal) => {
    const part = start({ BEHAVIOUR: 'wait' });
    const { output } = await collect(part, 'started');
    part.kill(signal);
    expect(await part.exited).toBe(0);
    expect(await output).toContain('closed first');
  });

  // As the terminal and `bun run` send it: 2 to 3 ms apart, while the cleanups are still busy.
  test('one Ctrl-C that arrives three times cleans up and exits 0', async () => {
    const part = start({ BEHAVIOUR: 'slow' });
    const { output } = await collect(part, 'started');
    for (let time = 0; time < 3; time += 1) {
      part.kill('SIGINT');
      await Bun.sleep(3);
    }
    expect(await part.exited).toBe(0);
    expect(await output).toContain('closed first');
    expect(await output).not.toContain('again');
  });

  test('a second signal after a second exits at once, with an error', async () => {
    const part = start({ BEHAVIOUR: 'hang' });
    const { output } = await collect(part, 'started');
    part.kill('SIGTERM');
    await Bun.sleep(SAME_REQUEST_MS + 200);
    part.kill('SIGTERM');
    expect(await part.exited).toBe(1);
    expect(await output).not.toContain('closed first');
  });

  test('an error ends the part with a sentence and its cause, without a stack, after the cleanups', async () => {
    const { out, code } = await end({ BEHAVIOUR: 'throw' });
    expect(code).toBe(1);
    expect(out).toContain('the moon is wrong; turn it (tide)');
    expect(out).not.toContain('part.ts:');
    expect(out).toContain('closed first');
  });

  test('a rejection that nobody awaited ends the part', async () => {
    const { out, code } = await end({ BEHAVIOUR: 'reject' });
    expect(code).toBe(1);
    expect(out).toContain('nobody awaited this');
  });

  test('a wrong environment is told on standard error, every variable by name', async () => {
    const { err, code } = await end({ LOG_LEVEL: 'loud', HTTP_PORT: 'http' });
    expect(code).toBe(1);
    expect(err).toContain('LOG_LEVEL is "loud"');
    expect(err).toContain('HTTP_PORT is "http"');
  });

  test('--help lists the variables and starts nothing', async () => {
    const { out, code } = await end({}, '--help');
    expect(code).toBe(0);
    expect(out).toContain('A part for tests.');
    expect(out).toContain('HTTP_PORT (default 8080)');
    expect(out).not.toContain('started');
  });
});
