import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isReadableByOthers } from '@popple/shared/config/private-file';
import type { Finding } from '@popple/shared/operator/finding';

const ROOT = join(import.meta.dir, '../../..');

/** Whether this Bun is one that package.json names. */
export function checkBun(): Finding {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const about = `version ${Bun.version}, needed ${engines.bun}`;
  if (Bun.semver.satisfies(Bun.version, engines.bun)) return { check: 'Bun', status: 'ok', about };
  return { check: 'Bun', status: 'wrong', about, advice: 'Run "bun upgrade".' };
}

/** Whether only its owner can read the file .env in `folder`, from which Bun reads the secrets. */
export function checkEnvFile(folder: string): Finding {
  const path = join(folder, '.env');
  if (!existsSync(path)) return { check: '.env', status: 'skipped', about: `there is none in ${folder}` };
  if (!isReadableByOthers(path)) return { check: '.env', status: 'ok', about: 'only its owner can read it' };
  const advice = 'It holds passwords. Run "chmod 600 .env".';
  return { check: '.env', status: 'wrong', about: 'every user of this machine may read it, or some', advice };
}
