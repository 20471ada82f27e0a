import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '@popple/embedded/free-port';
import { reapProcess } from './reaper';

const ROOT = join(import.meta.dir, '../../..');
const READY_DEADLINE_MS = 30_000;

/** How a service ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A bot or svc process of one test: the same program that operators run. */
export interface TestService {
  readonly pid: number;
  /** Where its probes answer. */
  readonly url: string;
  /** Everything it has written so far. */
  output(): string;
  readonly exited: Promise<Ending>;
  /** Resolves when /readyz reports ready. Rejects with what it wrote when it ends first or is not ready in 30 s. */
  ready(): Promise<void>;
  /** What /readyz reports now. */
  readiness(): Promise<{ ready: boolean; dependencies: Record<string, string> }>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it in order; kills it when it does not end within 12 s. */
  stop(): Promise<Ending>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a service with these variables, beside a free HTTP_PORT, and rules that let much through: most tests write more than
 * members would. Gone when the test process ends.
 */
export async function startService(
  service: 'bot' | 'svc',
  environment: Record<string, string>,
): Promise<TestService> {
  const port = environment.HTTP_PORT ?? String(await freePort());
  const child = spawn(process.execPath, [join(ROOT, service, 'src/main.ts')], {
    env: { PATH: process.env.PATH, HTTP_PORT: port, RULES_PRESET: 'relaxed', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${service} could not be started`);
  const release = reapProcess(pid);
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let isRunning = true;
  const exited = new Promise<Ending>((resolve) => {
    child.on('close', (code, signal) => {
      isRunning = false;
      release();
      resolve({ code, signal });
    });
  });
  const url = `http://127.0.0.1:${port}`;
  const kill = (signal: NodeJS.Signals) => {
    if (isRunning) process.kill(pid, signal);
  };
  const stop = async () => {
    kill('SIGCONT');
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), 12_000);
    const ending = await exited;
    clearTimeout(timer);
    return ending;
  };
  const readiness = async () =>
    (await (await fetch(`${url}/readyz`)).json()) as Awaited<ReturnType<TestService['readiness']>>;
  return {
    pid,
    url,
    output: () => output,
    exited,
    ready: async () => {
      const deadline = Date.now() + READY_DEADLINE_MS;
      while (Date.now() < deadline && isRunning) {
        const isReady = await fetch(`${url}/readyz`).then(
          (response) => response.ok,
          () => false,
        );
        if (isReady) return;
        await Bun.sleep(25);
      }
      throw new Error(`${service} ${isRunning ? 'did not get ready' : 'ended'}; it wrote:\n${output}`);
    },
    readiness,
    kill,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
