import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, execute, ROOT, succeeds } from './engine';

const ANY_MINOR = 'oven/bun:1';

/** The image that the Dockerfile begins from, with the minor version of Bun in its tag. */
export function pinnedImage(): string {
  const match = /^ARG BUN_IMAGE=(\S+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  if (match?.[1] === undefined) throw new Error('the Dockerfile has no ARG BUN_IMAGE');
  return match[1];
}

/**
 * The image to build from: BUN_IMAGE when it is set; the pinned one when the engine has it or can get it; else one that
 * the engine has, if its Bun is of the same minor version.
 * @throws EngineError when there is none.
 */
export async function chooseBaseImage(): Promise<string> {
  if (process.env.BUN_IMAGE) return process.env.BUN_IMAGE;
  const pinned = pinnedImage();
  if (await succeeds(['docker', 'image', 'inspect', pinned])) return pinned;
  if (await succeeds(['docker', 'pull', '--quiet', pinned])) return pinned;
  const minor = /:(\d+\.\d+)/.exec(pinned)?.[1];
  const version = await execute([
    'docker',
    'run',
    '--rm',
    '--pull=never',
    '--network=none',
    ANY_MINOR,
    '--version',
  ]).catch(() => '');
  if (minor !== undefined && version.startsWith(`${minor}.`)) return ANY_MINOR;
  throw new EngineError(`${pinned} is not here and cannot be pulled; name another image with BUN_IMAGE`);
}
