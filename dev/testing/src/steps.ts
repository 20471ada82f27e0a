import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exit, startChild } from '@popple/embedded/child-process';
import { reapProcess } from './reaper';
import { tempFolder } from './temp-folder';
import { countTests, type TestCount } from './test-count';

/** One step of the test run, done. */
export interface StepResult {
  readonly name: string;
  readonly durationMs: number;
  readonly count: TestCount;
}

interface Check {
  readonly name: string;
  /** A script of node_modules, which Bun can run without Node. */
  readonly script: string;
  readonly args: readonly string[];
}

/** The steps that look at the code without running it. Each counts as one test. */
export const checks: readonly Check[] = [
  { name: 'type check', script: 'typescript/bin/tsc', args: ['--noEmit'] },
  // With the browser's types, which nothing else has.
  {
    name: 'type check of the page',
    script: 'typescript/bin/tsc',
    args: ['--noEmit', '-p', 'dev/discord/page'],
  },
  { name: 'lint', script: '@biomejs/biome/bin/biome', args: ['check'] },
];

/** Runs a check in `root`; what it printed is in the result. */
export async function runCheck(root: string, check: Check): Promise<StepResult & { output: string[] }> {
  const output: string[] = [];
  const { exit, durationMs } = await runToEnd({
    args: [join(root, 'node_modules', check.script), ...check.args],
    root,
    env: process.env,
    onLine: (line) => output.push(line),
  });
  const passed = exit.code === 0;
  return { name: check.name, durationMs, count: { passed: +passed, failed: +!passed, skipped: 0 }, output };
}

/** Runs `bun test` in `root` with arguments (files, -t …), and hands on each line as it is printed. */
export async function runTests(o: {
  /** What the step is called in the summary. */
  readonly name: string;
  readonly root: string;
  readonly args: readonly string[];
  /** How many files run at once. */
  readonly workers: number;
  readonly env: Record<string, string | undefined>;
  readonly onLine: (line: string) => void;
}): Promise<StepResult> {
  const folder = tempFolder('report');
  const reportFile = join(folder.path, 'junit.xml');
  const last: string[] = [];
  const { exit, durationMs } = await runToEnd({
    // Without .env: it may name a real Discord, which no test may reach.
    args: [
      '--no-env-file',
      'test',
      `--parallel=${o.workers}`,
      '--reporter=junit',
      `--reporter-outfile=${reportFile}`,
      ...o.args,
    ],
    root: o.root,
    env: o.env,
    onLine: (line) => {
      last.push(line);
      if (last.length > 30) last.shift();
      o.onLine(line);
    },
  });
  const report = readIfThere(reportFile);
  folder.remove();
  return { name: o.name, durationMs, count: countTests(report, last, exit.code) };
}

async function runToEnd(o: {
  args: readonly string[];
  root: string;
  env: Record<string, string | undefined>;
  onLine: (line: string) => void;
}): Promise<{ exit: Exit; durationMs: number }> {
  const startedAt = performance.now();
  const child = await startChild({
    command: process.execPath,
    args: o.args,
    cwd: o.root,
    env: o.env,
    onLine: o.onLine,
    // It stops servers of its own first.
    lastSignal: 'SIGTERM',
  });
  const release = reapProcess(child.pid, 'SIGTERM');
  const exit = await child.exited;
  release();
  return { exit, durationMs: performance.now() - startedAt };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It ended before it wrote one, which the count takes for a failure.
    return undefined;
  }
}
