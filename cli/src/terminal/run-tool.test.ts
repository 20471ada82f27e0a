import { expect, test } from 'bun:test';
import { join } from 'node:path';

const TOOL = join(import.meta.dir, '../testing/long-output.ts');

async function readLate(...args: string[]): Promise<string> {
  // A pipe of the shell's. When it is read, the tool has written what it holds, and the rest waits in the process.
  const line = `"$0" "$@" | { sleep 1; cat; }`;
  await using shell = Bun.spawn(['sh', '-c', line, process.execPath, TOOL, ...args], { stdout: 'pipe' });
  return await new Response(shell.stdout).text();
}

test('what a slow reader has not taken yet is not lost, for a person or for a program', async () => {
  const [lines, json] = await Promise.all([readLate(), readLate('--json')]);
  expect(lines.trimEnd().split('\n')).toEqual(Array.from({ length: 10_000 }, (_, line) => `${line}`));
  expect(JSON.parse(json)).toHaveLength(50_000);
});
