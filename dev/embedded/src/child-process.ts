import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a process ended: by its own exit code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A user and group that a process may be started as; only root can ask for one. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** What to start, and where its output goes. */
export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the child; the parent's when left out. */
  readonly env?: Record<string, string | undefined>;
  readonly runAs?: RunAs;
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void;
  /** What killRemainingChildren sends; SIGKILL when left out. For a process that takes its own children with it. */
  readonly lastSignal?: NodeJS.Signals;
}

/** A running child process. */
export interface RunningChild {
  readonly pid: number;
  /** Settles, and never rejects, when the process has ended and all it printed was handed on. */
  readonly exited: Promise<Exit>;
  /** Sends a signal to the process alone; false when it has ended already. */
  signal(name: NodeJS.Signals): boolean;
}

const remaining = new Map<ChildProcess, NodeJS.Signals>();
let ending = false;

/**
 * Starts a process in a group of its own, so that the terminal's Ctrl-C reaches only the one who can stop it in
 * order. Resolves once it runs; rejects with the system's error (ENOENT, EACCES, …) when it cannot be started.
 */
export async function startChild(o: StartOptions): Promise<RunningChild> {
  if (ending) throw new Error(`${o.command} is not started: everything is being stopped`);
  const child = spawn(o.command, [...o.args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(o.cwd === undefined ? {} : { cwd: o.cwd }),
    ...(o.env === undefined ? {} : { env: o.env as NodeJS.ProcessEnv }),
    ...(o.runAs === undefined ? {} : { uid: o.runAs.uid, gid: o.runAs.gid }),
  });
  remaining.set(child, o.lastSignal ?? 'SIGKILL');
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      remaining.delete(child);
      resolve({ code, signal });
    });
  });
  forwardLines(child, o.onLine ?? (() => {}));
  const pid = await started(child, o.command);
  return {
    pid,
    exited,
    signal: (name) => child.exitCode === null && child.signalCode === null && child.kill(name),
  };
}

/**
 * Kills every process that startChild started and that has not ended, and waits for their ends, up to 3 s. No other can
 * be started after this: it is for the end of this process.
 */
export async function killRemainingChildren(): Promise<void> {
  ending = true;
  const ends: Promise<unknown>[] = [];
  for (const [child, signal] of remaining) {
    ends.push(new Promise((resolve) => child.once('exit', resolve)));
    child.kill(signal);
  }
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  for (const child of remaining.keys()) child.kill('SIGKILL');
}

/** The exit within `timeoutMs`, or undefined when the process outlives it. */
export async function exitWithin(exited: Promise<Exit>, timeoutMs: number): Promise<Exit | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([exited, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Resolves to undefined when a server that was started can be used; else to how it ended. One that is not ready within
 * `withinMs` gets `lastSignal`. `isReady` is called again and again, and may take as long as it likes: where another program
 * has taken the port it may never resolve, and the end of the server is not to wait for that.
 */
export async function untilReady(
  child: RunningChild,
  isReady: () => Promise<boolean>,
  { withinMs, lastSignal }: { withinMs: number; lastSignal: NodeJS.Signals },
): Promise<string | undefined> {
  let exit: Exit | undefined;
  void child.exited.then((e) => {
    exit = e;
  });
  const giveUpAtMs = Date.now() + withinMs;
  while (!exit) {
    if (await Promise.race([isReady(), child.exited.then(() => false)])) return undefined;
    if (Date.now() > giveUpAtMs) {
      child.signal(lastSignal);
      await child.exited;
      return `not ready within ${withinMs / 1000} s`;
    }
    await sleep(30);
  }
  return describeExit(exit);
}

/** An exit in words: `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function started(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      remaining.delete(child);
      reject(new Error(`cannot start ${command}: ${cause.message}`, { cause }));
    });
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

function forwardLines(child: ChildProcess, onLine: (line: string, from: 'stdout' | 'stderr') => void): void {
  if (child.stdout) splitLines(child.stdout, (line) => onLine(line, 'stdout'));
  if (child.stderr) splitLines(child.stderr, (line) => onLine(line, 'stderr'));
}

function splitLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
