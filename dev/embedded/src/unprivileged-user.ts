import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunAs } from './child-process';

/** A user of this machine that Postgres can run as. */
export interface UnprivilegedUser extends RunAs {
  readonly name: string;
}

/**
 * The user that Postgres is to run as when we are root, which it refuses to run as: the owner of an existing data
 * folder, else `postgres`, else `nobody`. Undefined when we are not root (or on Windows): Postgres runs as ourselves.
 * Raises when the machine has neither user.
 */
export function unprivilegedUser(existingDataFolder?: string): UnprivilegedUser | undefined {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined;
  const owner = existingDataFolder === undefined ? undefined : ownerOf(existingDataFolder);
  const user = owner ?? lookUp('postgres') ?? lookUp('nobody');
  if (user) return user;
  throw new Error(
    'Postgres refuses to run as root, and this machine has neither a user "postgres" nor "nobody" to run it as: ' +
      'add one (useradd --system postgres), run this command as an ordinary user, or set DATABASE_URL',
  );
}

/** Whether `user` may enter `folder`, or the nearest of its ancestors that exists. Tried, not guessed from modes. */
export function canEnter(user: RunAs, folder: string): boolean {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const result = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', existing], {
    cwd: '/',
    uid: user.uid,
    gid: user.gid,
    stdio: 'ignore',
  });
  return result.status === 0;
}

/** Makes `folder`, with mode 700 and owned by `user` (by ourselves when undefined), inside an existing folder. */
export function makePrivateFolder(folder: string, user: RunAs | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user) chownSync(folder, user.uid, user.gid);
}

/**
 * Where to put what `user` must reach when it cannot enter the folder it belongs to (a checkout under /root, a
 * folder of mode 700): a folder of root's own, open to be passed through, named after `key` so that every checkout
 * has its own and finds it again. Raises when no such folder can be made.
 */
export function reachableFolder(key: string): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const problems: string[] = [];
  for (const base of ['/var/lib/popple-dev', '/var/tmp/popple-dev']) {
    const folder = join(base, name);
    try {
      for (const path of [base, folder]) {
        mkdirSync(path, { recursive: true, mode: 0o755 });
        // /var/tmp is everybody's: a folder that somebody else put there in advance is not to be trusted.
        const stat = lstatSync(path);
        if (!stat.isDirectory() || stat.uid !== 0)
          throw new Error(`${path} exists and is not a folder of root`);
      }
      return folder;
    } catch (cause) {
      problems.push(cause instanceof Error ? cause.message : String(cause));
    }
  }
  throw new Error(`no folder can be made that Postgres could use: ${problems.join('; ')}`);
}

function ownerOf(folder: string): UnprivilegedUser | undefined {
  if (!existsSync(folder)) return undefined;
  const { uid } = statSync(folder);
  return uid === 0 ? undefined : lookUp(String(uid));
}

function lookUp(nameOrUid: string): UnprivilegedUser | undefined {
  const [uid, gid, name] = ['-u', '-g', '-un'].map((flag) => {
    const result = spawnSync('id', [flag, nameOrUid], { encoding: 'utf8' });
    return result.status === 0 ? result.stdout.trim() : undefined;
  });
  // initdb looks its user up by name, so a uid that no name belongs to is of no use.
  if (uid === undefined || gid === undefined || name === undefined || uid === '0') return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}
