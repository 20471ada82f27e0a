import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReadableByOthers } from '@popple/shared/config/private-file';
import { type Finding, ok, skipped, wrong } from '@popple/shared/operator/finding';

const ROOT = join(import.meta.dir, '../../..');

/** Whether this Bun is one that package.json names. */
export function checkBun(): Finding {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const about = `version ${Bun.version}, needed ${engines.bun}`;
  if (Bun.semver.satisfies(Bun.version, engines.bun)) return ok('Bun', about);
  return wrong('Bun', about, 'Run "bun upgrade".');
}

/** Whether only its owner can read the file .env in `folder`, from which Bun reads the secrets. */
export function checkEnvFile(folder: string): Finding {
  const path = join(folder, '.env');
  if (!existsSync(path)) return skipped('.env', `there is none in ${folder}`);
  if (!isReadableByOthers(path)) return ok('.env', 'only its owner can read it');
  const advice = 'It holds passwords. Run "chmod 600 .env".';
  return wrong('.env', 'every user of this machine may read it, or some', advice);
}
