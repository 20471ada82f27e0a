import { exitWithin, startChild } from '@popple/embedded/child-process';
import { freePort, isPortFree } from '@popple/embedded/free-port';
import { z } from 'zod';
import { NOT_LISTENING, type Running } from './service';

/** A TypeScript program of the checkout that is run as a service. */
export interface ProgramOptions {
  readonly root: string;
  /** Relative to the root. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: Record<string, string | undefined>;
  readonly onLine: (line: string) => void;
}

// bot and svc finish what is in hand within 10 s of SIGTERM.
const stopGraceMs = 12_000;
const readyTimeoutMs = 3_000;
const notReadyBody = z.object({ dependencies: z.record(z.string(), z.string()) });

/** Runs the program with Bun until it is stopped: SIGTERM, and SIGKILL when it has not ended in 12 s. */
export async function startProgram(o: ProgramOptions): Promise<Running> {
  const child = await startChild({
    command: process.execPath,
    args: [o.program, ...(o.args ?? [])],
    cwd: o.root,
    env: o.env,
    onLine: o.onLine,
  });
  return {
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      child.signal('SIGTERM');
      if (!(await exitWithin(child.exited, stopGraceMs))) child.signal('SIGKILL');
      await child.exited;
    },
  };
}

/**
 * A function that starts the program with probes on a port of its own, which stays the same over restarts unless it
 * was taken meanwhile.
 */
export function probedProgram(o: ProgramOptions): () => Promise<Running> {
  let port: number | undefined;
  return async () => {
    if (port === undefined || !(await isPortFree(port))) port = await freePort();
    const running = await startProgram({
      ...o,
      env: { ...o.env, HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1' },
    });
    const url = `http://127.0.0.1:${port}/readyz`;
    return { ...running, notReady: () => notReady(url) };
  };
}

async function notReady(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(readyTimeoutMs) });
    if (response.ok) return undefined;
    const body = notReadyBody.safeParse(await response.json());
    const wrong = Object.entries(body.data?.dependencies ?? {}).filter(([, state]) => state !== 'ok');
    return wrong.map(([name, state]) => `${name}: ${state}`).join(', ') || `answered ${response.status}`;
  } catch {
    return NOT_LISTENING;
  }
}

/** Runs a program to its end. Raises an Error with its last lines when it fails. */
export async function runToEnd(o: ProgramOptions): Promise<void> {
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: [o.program],
    cwd: o.root,
    env: o.env,
    onLine: (line) => {
      lines.push(line);
      o.onLine(line);
    },
  });
  const exit = await child.exited;
  if (exit.code !== 0) throw new Error(`${o.program} failed: ${lines.slice(-3).join(' ')}`);
}
