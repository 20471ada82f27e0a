/*
 * Runs before the scripts that work in a fresh clone: checks Bun's version and installs what bun.lock names. It imports
 * no package, because there is none yet, and explains why it fails, which `bun install --silent` does not.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainFailedInstall } from './explain-failure';
import { lockUntilExit } from './one-at-a-time';

const root = join(import.meta.dir, '../../..');

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const { engines, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
if (!Bun.semver.satisfies(Bun.version, engines.bun)) {
  fail(
    `Popple needs Bun ${engines.bun}, and this is Bun ${Bun.version} (${process.execPath}).\n` +
      `Run "bun upgrade", or let npm bring one for this command: npx -y bun@${devDependencies['bun-types']} run …`,
  );
}

// Two installs at once fail with EEXIST. Where no file can be written, the install explains it.
try {
  lockUntilExit(join(root, '.popple/setup.lock'), () => {
    process.stderr.write('waiting for another command that installs packages …\n');
  });
} catch {}

if (!existsSync(join(root, 'node_modules'))) process.stderr.write('installing packages …\n');
const install = spawnSync(
  process.execPath,
  ['install', '--frozen-lockfile', '--no-progress', '--no-summary'],
  {
    cwd: root,
    encoding: 'utf8',
  },
);
if (install.error) fail(`"bun install" could not be started: ${install.error.message}`);
if (install.status !== 0) {
  fail(explainFailedInstall({ output: `${install.stderr}\n${install.stdout}`, root }));
}
