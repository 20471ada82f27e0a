import { describeExit, startChild } from '@popple/embedded/child-process';
import { reapProcess } from '@popple/testing/reaper';

/**
 * Runs a script of the bench in a process of its own with one argument, and resolves to the JSON it writes.
 * @throws Error with what it wrote when it ends otherwise.
 */
export async function runChild<Result>(script: string, order: unknown): Promise<Result> {
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: [script, JSON.stringify(order)],
    onLine: (line) => lines.push(line),
  });
  const release = reapProcess(child.pid);
  const exit = await child.exited;
  release();
  const last = lines.at(-1);
  if (exit.code !== 0 || last === undefined) {
    throw new Error(`${script} ended with ${describeExit(exit)}; it wrote:\n${lines.join('\n')}`);
  }
  return JSON.parse(last) as Result;
}
