import { expect, test } from 'bun:test';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitWithin, startChild } from '@popple/embedded/child-process';
import { canEnter } from '@popple/embedded/unprivileged-user';
import { tempFolder } from '@popple/testing/temp-folder';
import { explainFailedInstall } from './explain-failure';

const ROOT = join(import.meta.dir, '../../..');

/** A clone as far as an install is concerned: nothing is installed in it. */
function freshClone(): string {
  const root = join(tempFolder('clone').path, 'popple');
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const files = ['package.json', 'bun.lock', 'bunfig.toml', 'dev/setup/src'];
  const preloads = ['dev/testing/src/default-timeout.ts'];
  for (const file of [...files, ...preloads, ...workspaces.map((name: string) => `${name}/package.json`)]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file), { recursive: true });
  }
  return root;
}

async function bun(root: string, args: string[], env: Record<string, string> = {}) {
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args,
    cwd: root,
    env: { ...process.env, ...env },
    onLine: (line) => lines.push(line),
  });
  const exit = await exitWithin(child.exited, 120_000);
  if (exit === undefined) child.signal('SIGKILL');
  return { code: exit?.code, output: lines.join('\n') };
}

/** A machine without a network that never ran Popple before. */
const offline = () => ({
  BUN_INSTALL_CACHE_DIR: tempFolder('cache').path,
  npm_config_registry: 'http://127.0.0.1:1',
  BUN_CONFIG_REGISTRY: 'http://127.0.0.1:1',
});

test.each(['dev', 'test', 'lint'])(
  'bun run %s without a network says that, and what to do',
  async (script) => {
    const { code, output } = await bun(freshClone(), ['run', script], offline());
    expect(code).toBe(1);
    expect(output).toContain('ConnectionRefused downloading');
    expect(output).toContain('The npm registry cannot be reached.');
  },
);

test('of two at a time, the second waits for the first', async () => {
  const root = freshClone();
  const holder = `import { lockUntilExit } from '${join(import.meta.dir, 'one-at-a-time')}';
    lockUntilExit('${join(root, '.popple/setup.lock')}', () => {});
    process.stdout.write('locked\\n');
    setInterval(() => {}, 1_000);`;
  const locked = Promise.withResolvers<void>();
  const first = await startChild({
    command: process.execPath,
    args: ['-e', holder],
    onLine: () => locked.resolve(),
  });
  await locked.promise;
  const waits = Promise.withResolvers<void>();
  const lines: string[] = [];
  const second = await startChild({
    command: process.execPath,
    args: [join(root, 'dev/setup/src/main.ts')],
    env: { ...process.env, ...offline() },
    onLine: (line) => {
      lines.push(line);
      waits.resolve();
    },
  });
  await Promise.race([waits.promise, second.exited]);
  expect(lines).toEqual(['waiting for another command that installs packages …']);
  // Killed, it leaves no lock behind.
  first.signal('SIGKILL');
  expect((await second.exited).code).toBe(1);
  expect(lines.join('\n')).toContain('The npm registry cannot be reached.');
});

test('bun test without a network says the same, once', async () => {
  const root = freshClone();
  writeFileSync(join(root, 'some.test.ts'), `import { z } from 'zod'; console.log(typeof z);`);
  const { code, output } = await bun(root, ['test'], offline());
  expect(code).toBe(1);
  expect(output.split('The npm registry cannot be reached.')).toHaveLength(2);
  expect(output).not.toContain('Cannot find');
});

test('an older Bun is told which one is needed', async () => {
  const root = freshClone();
  const file = join(root, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.engines.bun = '>=99.1';
  writeFileSync(file, JSON.stringify(manifest));
  const { code, output } = await bun(root, ['run', 'dev']);
  expect(code).toBe(1);
  expect(output).toContain(`Popple needs Bun >=99.1, and this is Bun ${Bun.version}`);
  expect(output).toContain(`npx -y bun@${manifest.devDependencies['bun-types']} run`);
});

const nobody = { uid: 65_534, gid: 65_534 };
const canBeNobody = process.getuid?.() === 0 && canEnter(nobody, dirname(process.execPath));

test.if(canBeNobody)('a checkout that cannot be written is told', async () => {
  const root = freshClone();
  chmodSync(dirname(root), 0o755);
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: [join(root, 'dev/setup/src/main.ts')],
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    runAs: nobody,
    onLine: (line) => lines.push(line),
  });
  expect((await child.exited).code).toBe(1);
  expect(lines.join('\n')).toContain(`Files in ${root} cannot be written`);
});

test.each([
  ['EACCES: Permission denied while writing packages into node_modules.', 'cannot be written'],
  ['error: EROFS: Read-only file system: could not open bun.lock', 'cannot be written'],
  ['error: NoSpaceLeft extracting tarball', 'The disk is full.'],
  ['warn: DNSResolveFailed downloading tarball zod@4.6.7', 'cannot be reached'],
  ['error: lockfile had changes, but lockfile is frozen', 'does not match'],
  ['error: something nobody has seen', 'Run "bun install" to see all of it.'],
  ['', 'nothing\nRun "bun install"'],
])('"%s" is explained', (output, advice) => {
  const text = explainFailedInstall({ output, root: '/popple' });
  expect(text).toContain(output.trim());
  expect(text).toContain(advice);
});

test('of many lines the errors come first, and few are shown', () => {
  const output = [
    ...Array.from({ length: 9 }, (_, n) => `warn: ConnectionRefused downloading tarball w@${n}`),
    ...Array.from({ length: 9 }, (_, n) => `error: ConnectionRefused downloading tarball e@${n}`),
  ].join('\n');
  const lines = explainFailedInstall({ output, root: '/popple' }).split('\n');
  expect(lines).toHaveLength(7);
  expect(lines[1]).toBe('  error: ConnectionRefused downloading tarball e@0');
  expect(lines[5]).toBe('  … and 14 more lines');
});
