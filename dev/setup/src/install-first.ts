import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Loaded before the tests by bunfig.toml. In a fresh clone `bun test` finds no package, and reports that once for each
 * file; here they are installed first. It imports no package itself.
 *
 * Bun has looked at the folders by now and does not look again, so the tests run in a second process with the same
 * arguments. A preloaded file does not get them from Bun; Linux has them. Elsewhere the person runs the command again.
 */
const root = join(import.meta.dir, '../../..');
const ownCommand = '/proc/self/cmdline';

function runInherited(args: readonly string[]): number {
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

if (!existsSync(join(root, 'node_modules'))) {
  if (runInherited([join(root, 'dev/setup/src/main.ts')]) !== 0) process.exit(1);
  if (!existsSync(ownCommand)) {
    process.stderr.write('The packages are installed now. Run the same command again.\n');
    process.exit(1);
  }
  process.exit(runInherited(readFileSync(ownCommand, 'utf8').split('\0').slice(1, -1)));
}
