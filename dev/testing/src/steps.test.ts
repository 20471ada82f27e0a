import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCheck, runTests } from './steps';
import { tempFolder } from './temp-folder';

const env = { PATH: process.env.PATH };

test('tests are run live, with the person’s own arguments, and counted', async () => {
  const root = tempFolder('tests').path;
  writeFileSync(join(root, '.env'), 'DISCORD_TOKEN=real');
  writeFileSync(
    join(root, 'a.test.ts'),
    `import { expect, test } from 'bun:test';
     test('good', () => {});
     test('bad', () => expect(1).toBe(2));
     test.skip('left out', () => {});
     test('sees no token of .env', () => expect(process.env.DISCORD_TOKEN).toBeUndefined());`,
  );
  writeFileSync(join(root, 'b.test.ts'), `import './missing';`);
  const lines: string[] = [];
  const run = (...args: string[]) =>
    runTests({ name: 'tests', root, args, workers: 2, env, onLine: (line) => lines.push(line) });
  expect((await run()).count).toEqual({ passed: 2, failed: 2, skipped: 1 });
  expect(lines.some((line) => line.startsWith('(fail) bad'))).toBe(true);
  expect((await run('a.test.ts', '-t', 'good')).count).toMatchObject({ passed: 1, failed: 0 });
  expect((await run('nothing-like-it')).count).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a check passes or fails as its program does, and what it said is kept', async () => {
  const root = tempFolder('check').path;
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(
    join(root, 'node_modules/checker.ts'),
    `process.stdout.write('said\\n'); process.exit(Number(process.argv[2]));`,
  );
  const check = (code: string) => runCheck(root, { name: 'lint', script: 'checker.ts', args: [code] });
  expect(await check('0')).toMatchObject({
    name: 'lint',
    count: { passed: 1, failed: 0, skipped: 0 },
    output: ['said'],
  });
  expect(await check('1')).toMatchObject({ count: { passed: 0, failed: 1, skipped: 0 } });
});
