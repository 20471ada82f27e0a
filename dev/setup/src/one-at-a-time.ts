import { Database } from 'bun:sqlite';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const LONGEST_WAIT_MS = 600_000;

/**
 * Waits until no other process has `file` locked, for at most 10 minutes, and locks it until this process ends, however it
 * ends: the lock is one of the operating system, by way of SQLite, and cannot be left behind. Calls `onWait` when there is
 * something to wait for. @throws SQLiteError when the file cannot be made or the wait is too long.
 */
export function lockUntilExit(file: string, onWait: () => void): void {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file);
  try {
    database.run('BEGIN EXCLUSIVE');
  } catch {
    onWait();
    database.run(`PRAGMA busy_timeout = ${LONGEST_WAIT_MS}`);
    database.run('BEGIN EXCLUSIVE');
  }
  locked.push(database);
}

// Collected as garbage, a database would be closed, and the lock with it.
const locked: Database[] = [];
