import { join } from 'node:path';
import { reapProcess } from '@popple/testing/reaper';

const TOOLS = join(import.meta.dir, '..');

/** The folder of a tool. */
export type ToolName = 'replay' | 'dead-letters' | 'settings' | 'moderate';

/** A tool that runs, as an operator runs it. */
export interface ToolProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has written to stderr so far. */
  errors(): string;
  /** Resolves when it has said this; rejects with what it said instead when it ends without. */
  said(text: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>;
}

/** Starts `bun run <tool>` with these arguments and variables, away from a terminal; gone when the test process ends. */
export function startTool(
  tool: ToolName,
  args: readonly string[],
  environment: Record<string, string>,
): ToolProcess {
  const child = Bun.spawn([process.execPath, join(TOOLS, tool, 'main.ts'), ...args], {
    // Most tests replay more than members would write.
    env: { PATH: process.env.PATH, RULES_PRESET: 'relaxed', ...environment },
    // Away from any .env of the checkout.
    cwd: '/',
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const release = reapProcess(child.pid);
  let errors = '';
  const readErrors = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stderr) errors += decoder.decode(chunk, { stream: true });
  })();
  const ended = (async () => {
    const [output] = await Promise.all([new Response(child.stdout).text(), readErrors, child.exited]);
    release();
    return { code: child.exitCode, output, errors };
  })();
  const said = async (text: string) => {
    while (!errors.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        await ended;
        if (errors.includes(text)) return;
        throw new Error(`${tool} ended without saying "${text}":\n${errors}`);
      }
      await Bun.sleep(2);
    }
  };
  return { pid: child.pid, kill: (signal) => child.kill(signal), errors: () => errors, said, ended };
}
