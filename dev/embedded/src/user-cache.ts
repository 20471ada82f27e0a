import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * A folder of this user for what can be fetched again, made when missing: $XDG_CACHE_HOME/popple,
 * %LOCALAPPDATA%\popple on Windows, ~/.cache/popple, or one under the system's folder for temporary files when there
 * is no home to write to. Raises when none of them can be written.
 */
export function userCache(env: Record<string, string | undefined> = process.env): string {
  const tried: string[] = [];
  for (const folder of candidates(env)) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      accessSync(folder, constants.W_OK);
      // In a folder that everybody may write to, somebody else may have put this one there, with a program in it.
      const owner = process.getuid?.();
      if (owner !== undefined && lstatSync(folder).uid !== owner) throw new Error('belongs to another user');
      return folder;
    } catch {
      tried.push(folder);
    }
  }
  throw new Error(
    `no folder for downloads can be written (${tried.join(', ')}): set XDG_CACHE_HOME to one that can`,
  );
}

function candidates(env: Record<string, string | undefined>): string[] {
  const bases = [
    env.XDG_CACHE_HOME,
    process.platform === 'win32' ? env.LOCALAPPDATA : undefined,
    join(env.HOME || homedir(), '.cache'),
  ];
  const named = bases
    .filter((base) => base !== undefined && isAbsolute(base))
    .map((base) => join(`${base}`, 'popple'));
  return [...named, join(tmpdir(), `popple-cache-${process.getuid?.() ?? 'user'}`)];
}
