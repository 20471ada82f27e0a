import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '@popple/embedded/process-identity';
import type { ReaperNote } from './reaper-note';

// The reaper reads it when we have ended. A file and not the pipe, because it is written before the call returns: what is
// still in a stream's buffer is lost when we are killed.
let notes: string | undefined;
let count = 0;

/** Takes back a note to the reaper: the caller has stopped or removed it itself. */
export type Release = () => void;

/**
 * Has the process stopped when this one ends, in whatever way (SIGKILL included): with `signal` first when given,
 * with SIGKILL after 5 s.
 */
export function reapProcess(pid: number, signal?: ReaperNote['signal']): Release {
  const identity = identify(pid);
  return identity ? tell({ process: identity, signal }) : () => {};
}

/** Has the folder removed when this process ends, after the processes named in reapProcess. */
export function reapFolder(folder: string): Release {
  return tell({ folder });
}

function tell(what: Omit<ReaperNote, 'key'>): Release {
  const key = String(++count);
  send({ key, ...what });
  return () => send({ key, done: true });
}

function send(note: ReaperNote): void {
  notes ??= start();
  appendFileSync(notes, `${JSON.stringify(note)}\n`);
}

function start(): string {
  const file = join(tmpdir(), `popple-reaper-${randomBytes(8).toString('hex')}.jsonl`);
  writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
  const child = spawn(process.execPath, [join(import.meta.dir, 'reaper-main.ts'), file], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  // It outlives us by design, and must not keep us from ending.
  child.unref();
  return file;
}
