import { statSync } from 'node:fs';

/** Whether others than its owner may read a file. False when there is none, and on Windows, which has no such modes. */
export function isReadableByOthers(path: string): boolean {
  if (process.platform === 'win32') return false;
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && (stat.mode & 0o077) !== 0;
}
