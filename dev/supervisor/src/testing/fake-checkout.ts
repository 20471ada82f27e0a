import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningChild, startChild } from '@popple/embedded/child-process';
import { postgresFolder } from '@popple/embedded/postgres-cluster';
import { identify, isRunning, type ProcessIdentity } from '@popple/embedded/process-identity';
import { reapFolder, reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';

/** A service that serves its probes, logs what it does, and drains slowly. */
export const serviceProgram = (name: string, version = 1) => `
  Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.HTTP_PORT), fetch: () => new Response('ok') });
  const tell = (msg) => process.stdout.write(JSON.stringify({ level: 'info', time: 0, msg }) + '\\n');
  process.on('SIGTERM', () => setTimeout(() => { tell('${name} drained'); process.exit(0); }, 200));
  tell('${name} ${version} up with ' + Object.keys(process.env).filter((key) => /^(DISCORD|NATS|DATABASE)_(API_URL|URL|TOKEN)/.test(key)).sort());
`;

const discordProgram = `
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('chat') });
  const url = 'http://127.0.0.1:' + server.port;
  process.stdout.write('DISCORD_API_URL=' + url + '/api\\n');
`;

const migrateProgram = `
  import { readdirSync } from 'node:fs';
  const files = readdirSync('db/migrations').sort();
  process.stdout.write('applied ' + files.join(' ') + '\\n');
  if (files.includes('broken.sql')) { process.stdout.write('syntax error\\n'); process.exit(1); }
`;

const runProgram = (supervisor: string) => `
  import { painter } from '${supervisor}/colours';
  import { runDev } from '${supervisor}/dev';
  import { listenForInterruption } from '${supervisor}/interruption';
  import { parseFlags } from '${supervisor}/options';
  import { openScreen } from '${supervisor}/screen';
  const screen = openScreen((text) => process.stdout.write(text), painter({}, false), false);
  try {
    await runDev({
      root: import.meta.dir,
      flags: parseFlags(process.argv.slice(2)),
      env: process.env,
      screen,
      interruption: listenForInterruption(),
      localDiscordProgram: 'discord.ts',
    });
    process.exit(0);
  } catch (error) {
    screen.problem(error.message);
    process.exit(1);
  }
`;

/** A folder laid out as the checkout is, with small stand-ins for its programs, to run the supervisor in. */
export interface FakeCheckout {
  readonly root: string;
  write(file: string, text: string): void;
  /** Starts the supervisor, with these variables beside the environment. */
  run(o?: { args?: string[]; env?: Record<string, string> }): Promise<SupervisorRun>;
}

/** A supervisor that runs in a fake checkout. */
export interface SupervisorRun {
  readonly child: RunningChild;
  readonly lines: readonly string[];
  /** Resolves when a line has `text` in it; raises when the supervisor ends before. */
  until(text: string): Promise<void>;
  /** The processes it has started and not yet stopped, by name. */
  children(): Record<string, ProcessIdentity>;
}

/** Makes one. */
export function fakeCheckout(): FakeCheckout {
  const { path: root } = tempFolder('checkout');
  // Where Postgres keeps its data when it cannot enter the checkout.
  reapFolder(postgresFolder(join(root, '.popple/local-discord/postgres')).folder);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write('bot/src/main.ts', serviceProgram('bot'));
  write('svc/src/main.ts', serviceProgram('svc'));
  write('shared/src/both.ts', '');
  write('cli/src/migrate/main.ts', migrateProgram);
  write('db/migrations/0000_init.sql', '');
  write('discord.ts', discordProgram);
  write('run.ts', runProgram(join(import.meta.dir, '..')));
  return { root, write, run: (o = {}) => run(root, o.args ?? [], o.env ?? {}) };
}

async function run(root: string, args: string[], env: Record<string, string>): Promise<SupervisorRun> {
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: [join(root, 'run.ts'), ...args],
    cwd: root,
    env: { ...withoutOwn(process.env), ...env },
    onLine: (line) => lines.push(line),
  });
  reapProcess(child.pid, 'SIGTERM');
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  return {
    child,
    lines,
    until: async (text) => {
      while (!lines.some((line) => line.includes(text))) {
        if (ended) throw new Error(`it ended before it said "${text}":\n${lines.join('\n')}`);
        await sleep(20);
      }
    },
    children: () => {
      const file = JSON.parse(readFileSync(join(root, '.popple/run.json'), 'utf8'));
      const entries: [string, ProcessIdentity][] = file.children.map(
        ({ name, pid, startedAt }: { name: string } & ProcessIdentity) => [name, { pid, startedAt }],
      );
      for (const [, { pid }] of entries) reapProcess(pid);
      return Object.fromEntries(entries);
    },
  };
}

// The machine that the tests run on may have them set; npm_lifecycle_event is set by `bun run`.
function withoutOwn(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const own = /^(DISCORD|DATABASE)_|^NATS_URL|^npm_lifecycle_event$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}

/** Those of the processes that run. */
export function running(children: Record<string, ProcessIdentity>): string[] {
  return Object.entries(children)
    .filter(([, identity]) => isRunning(identity))
    .map(([name]) => name);
}

/** Resolves when a process has ended. */
export async function untilEnded(identity: ProcessIdentity): Promise<void> {
  while (isRunning(identity)) await sleep(20);
}

/** The identity of a process that must be running. */
export function mustIdentify(pid: number): ProcessIdentity {
  const identity = identify(pid);
  if (!identity) throw new Error(`process ${pid} must be running`);
  return identity;
}
