import { afterEach, describe, expect, test } from 'bun:test';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { testNats } from '@popple/testing/nats';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { testDatabase } from '@popple/testing/postgres';
import { reapProcess } from '@popple/testing/reaper';

const ROOT = join(import.meta.dir, '../..');

/** Every tool with a command line that does something and changes nothing. */
const TOOLS = {
  'db:migrate': ['cli/src/migrate/main.ts'],
  shards: ['cli/src/shards/main.ts'],
  replay: ['cli/src/replay/main.ts', '--since', '1h', '--dry-run'],
  dead: ['cli/src/dead-letters/main.ts', 'list'],
  'popple doctor': ['cli/src/main.ts', 'doctor'],
  'popple shards': ['cli/src/main.ts', 'shards'],
  'popple settings': ['cli/src/main.ts', 'settings', '7'],
  'popple moderate': ['cli/src/main.ts', 'moderate', '7', 'log'],
} as const;
type Tool = keyof typeof TOOLS;
const NAMES = Object.keys(TOOLS) as Tool[];
const NEED_NATS = NAMES.filter((name) => name !== 'db:migrate' && name !== 'popple doctor');

async function runTool(tool: Tool, args: readonly string[], environment: Record<string, string> = {}) {
  const [program, ...words] = TOOLS[tool];
  const child = Bun.spawn([process.execPath, join(ROOT, program), ...words, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    // Away from any .env of the checkout.
    cwd: '/',
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const release = reapProcess(child.pid);
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  release();
  return { code, output, errors };
}

test.each(NAMES)('%s --help explains itself', async (tool) => {
  const { code, output, errors } = await runTool(tool, ['--help']);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain('Usage: bun run ');
  expect(output).toContain('--json');
});

test.each(NAMES)('%s refuses a flag it does not know, and does nothing', async (tool) => {
  const { code, output, errors } = await runTool(tool, ['--nonsense']);
  expect({ code, output, errors }).toEqual({
    code: 2,
    output: '',
    errors: "Unknown option '--nonsense'\nTry --help.\n",
  });
});

describe('without its servers', () => {
  let mute: Server | undefined;
  afterEach(() => mute?.close());

  /** The URLs of a server that takes connections and never says a word. */
  async function muteServer() {
    const server = createServer((socket) => socket.on('error', () => {}));
    mute = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it has no port');
    return `127.0.0.1:${address.port}`;
  }

  // All at once: each waits for ten seconds.
  test('every tool says that it waits for NATS, and gives up with what to do', async () => {
    await using database = await testDatabase();
    const place = await muteServer();
    const environment = { NATS_URL: `nats://user:hunter2@${place}`, DATABASE_URL: database.url };
    const runs = await Promise.all(NEED_NATS.map((tool) => runTool(tool, [], environment)));
    for (const [index, { code, output, errors }] of runs.entries()) {
      expect({ tool: NEED_NATS[index], code, output }).toEqual({
        tool: NEED_NATS[index],
        code: 1,
        output: '',
      });
      expect(errors).toContain(`waiting for NATS at ${place}, for 10 s at most\n`);
      expect(errors).toContain(
        `NATS at ${place} was not reached within 10 s. Is it running, and does NATS_URL`,
      );
      expect(errors).not.toContain('hunter2');
    }
  });

  test('db:migrate says that it waits for Postgres, and can be stopped', async () => {
    const place = await muteServer();
    const child = Bun.spawn([process.execPath, join(ROOT, 'cli/src/migrate/main.ts')], {
      env: { PATH: process.env.PATH, DATABASE_URL: `postgres://user:hunter2@${place}/db` },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const release = reapProcess(child.pid);
    const first = await child.stderr.getReader().read();
    expect(new TextDecoder().decode(first.value)).toBe(
      `waiting for Postgres at ${place}/db, for 60 s at most\n`,
    );
    child.kill('SIGINT');
    expect(await child.exited).toBe(130);
    release();
  });

  test('shards says that no bot has run', async () => {
    const nats = await testNats();
    const { code, errors } = await runTool('shards', [], { NATS_URL: nats.url });
    await nats.stop();
    expect(code).toBe(1);
    expect(errors).toContain('No bot has run with this NATS yet');
  });
});

describe('with --json', () => {
  let popple: TestPopple;
  afterEach(() => popple.stop());

  test('every tool prints one line that a program can read', async () => {
    popple = await testPopple();
    await popple.reply(popple.say('x++'));
    const environment = { NATS_URL: popple.nats.url, DATABASE_URL: popple.database.url };
    const answers: Partial<Record<Tool, unknown>> = {};
    for (const tool of NAMES) {
      const { code, output, errors } = await runTool(tool, ['--json'], environment);
      expect([tool, code, output.trim().split('\n').length]).toEqual([tool, 0, 1]);
      if (tool !== 'replay' && tool !== 'dead') expect(errors).toBe('');
      answers[tool] = JSON.parse(output);
    }
    expect(answers).toMatchObject({
      'db:migrate': { applied: [] },
      shards: { shardCount: 1, bots: 1, slots: [{ shard: 0, shardCount: 1, replica: 0 }], idle: [] },
      replay: { dryRun: true, stopped: false, counts: { applied: 0, known: 1 }, problems: [] },
      dead: [],
      'popple doctor': { ok: true },
    });
  });
});
