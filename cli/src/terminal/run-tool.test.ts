import { expect, test } from 'bun:test';
import { join } from 'node:path';

const TOOL = join(import.meta.dir, '../testing/long-output.ts');

async function readLate(...args: string[]): Promise<string> {
  await using tool = Bun.spawn([process.execPath, TOOL, ...args], { stdin: 'ignore', stdout: 'pipe' });
  // The tool has written what the pipe holds, and all of the rest waits in the process.
  await Bun.sleep(1_000);
  return await new Response(tool.stdout).text();
}

test('what a slow reader has not taken yet is not lost, for a person or for a program', async () => {
  const [lines, json] = await Promise.all([readLate(), readLate('--json')]);
  expect(lines.trimEnd().split('\n')).toEqual(Array.from({ length: 10_000 }, (_, line) => `${line}`));
  expect(JSON.parse(json)).toHaveLength(50_000);
});
