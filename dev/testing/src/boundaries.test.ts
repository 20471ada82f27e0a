import { expect, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { tempFolder } from './temp-folder';

const ROOT = join(import.meta.dir, '../../..');
const RESTRICTED = 'style/noRestrictedImports';
const UNDECLARED = 'correctness/noUndeclaredDependencies';

/** Files that import what they may not, and the rules that refuse it; a file without rules is accepted. */
const FILES: [path: string, imports: string, ...refusedBy: string[]][] = [
  ['shared/src/sql.ts', 'postgres', UNDECLARED, RESTRICTED],
  ['bot/src/sql.ts', 'postgres', UNDECLARED, RESTRICTED],
  ['bot/src/orm.ts', 'drizzle-orm', UNDECLARED, RESTRICTED],
  ['bot/src/columns.ts', 'drizzle-orm/pg-core', UNDECLARED, RESTRICTED],
  ['bot/src/query.ts', '@popple/db/queries/ping', UNDECLARED, RESTRICTED],
  ['dev/discord/src/sql.ts', 'postgres', UNDECLARED, RESTRICTED],
  ['db/src/sql.ts', 'postgres'],
  ['svc/src/query.ts', '@popple/db/queries/ping'],
  ['bot/src/sql.test.ts', 'postgres'],

  ['shared/src/discord.ts', 'discord.js', UNDECLARED, RESTRICTED],
  ['svc/src/discord.ts', 'discord.js', UNDECLARED, RESTRICTED],
  ['svc/src/discord.test.ts', 'discord.js', UNDECLARED, RESTRICTED],
  ['db/src/socket.ts', '@discordjs/ws', UNDECLARED, RESTRICTED],
  ['cli/src/types.ts', 'discord-api-types/v10', UNDECLARED, RESTRICTED],
  ['deploy/image/discord.ts', 'discord.js', UNDECLARED, RESTRICTED],
  ['dev/testing/src/discord.ts', 'discord.js', UNDECLARED, RESTRICTED],
  ['bot/src/discord.ts', 'discord.js'],
  ['dev/discord/src/types.ts', 'discord-api-types/v10'],

  ...['bot', 'svc', 'shared', 'db', 'cli'].flatMap((name): typeof FILES => [
    [`${name}/src/harness.ts`, '@popple/testing/until', UNDECLARED, RESTRICTED],
    [`${name}/src/harness.test.ts`, '@popple/testing/until'],
    [`${name}/src/testing/harness.ts`, '@popple/testing/until'],
  ]),
  ['bot/src/local.ts', '@popple/local-discord/local-discord', UNDECLARED, RESTRICTED],
  ['cli/src/port.ts', '@popple/embedded/free-port', UNDECLARED, RESTRICTED],
  ['deploy/image/harness.ts', '@popple/testing/until', UNDECLARED, RESTRICTED],
  ['deploy/compose/harness.ts', '@popple/testing/until'],

  ['svc/src/other.ts', '@popple/bot/config', UNDECLARED],
  ['svc/src/beside.ts', '../../bot/src/config', RESTRICTED],
  ['deploy/image/beside.ts', '../../cli/src/main', RESTRICTED],
  ['bot/src/replies/beside.test.ts', '../../../dev/testing/src/until', RESTRICTED],
  ['svc/src/forgotten.ts', 'zod', UNDECLARED],

  ['svc/src/one.ts', './two', 'suspicious/noImportCycles'],
  ['svc/src/two.ts', './one', 'suspicious/noImportCycles'],
];

test('the linter refuses imports over the boundaries of a workspace, and circles', () => {
  const root = tempFolder('boundaries').path;
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const manifests = workspaces.map((workspace: string) => `${workspace}/package.json`);
  for (const file of ['.gitignore', 'biome.json', 'package.json', ...manifests])
    cpSync(join(ROOT, file), join(root, file));
  for (const [path, imports] of FILES) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `import { thing } from '${imports}';\n\nexport const mine = thing;\n`);
  }
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const { stdout } = Bun.spawnSync(
    [process.execPath, biome, 'lint', '--max-diagnostics=none', '--reporter=github'],
    { cwd: root },
  );
  const refused: Record<string, string[]> = {};
  for (const [, rule = '', path = ''] of stdout.toString().matchAll(/title=lint\/([^,]+),file=([^,]+),/g))
    refused[relative(root, path)] = [...(refused[relative(root, path)] ?? []), rule].sort();
  const expected = FILES.filter(([, , ...rules]) => rules.length > 0);
  expect(refused).toEqual(Object.fromEntries(expected.map(([path, , ...rules]) => [path, rules.sort()])));
});

test('the chat page alone has the types of a browser, and has none of Bun', () => {
  mkdirSync(join(ROOT, '.popple'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.popple/types-'));
  try {
    writeFileSync(join(folder, 'wrong.ts'), 'export const wrong = [document.title, Bun.version];\n');
    const compiles = (config: string) => {
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ extends: join(ROOT, config), include: ['.'], exclude: [] }),
      );
      const { stdout } = Bun.spawnSync([
        process.execPath,
        join(ROOT, 'node_modules/typescript/bin/tsc'),
        '--noEmit',
        '-p',
        folder,
      ]);
      return stdout.toString();
    };
    expect(compiles('tsconfig.json')).toContain("Cannot find name 'document'");
    expect(compiles('tsconfig.json')).not.toContain("Cannot find name 'Bun'");
    expect(compiles('dev/discord/page/tsconfig.json')).toContain("Cannot find name 'Bun'");
    expect(compiles('dev/discord/page/tsconfig.json')).not.toContain("Cannot find name 'document'");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
