/*
 * The process that cleans up after a test run, however that ends: the run writes into a file what it started and made,
 * and when its end of our stdin closes (the run ended, crashed or was killed) the processes are stopped and the folders
 * removed. A hook inside the test process could not: nothing runs there after SIGKILL.
 */
import { readFileSync, rmSync } from 'node:fs';
import { stopProcess } from '@popple/embedded/server-record';
import { type ReaperNote, reaperNoteSchema } from './reaper-note';

// The terminal's Ctrl-C is for the run; this process ends when the run has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
for await (const _ of process.stdin) {
  // Nothing is ever sent.
}

const file = process.argv[2];
if (file === undefined) throw new Error('the file of notes must be named');
const notes = new Map<string, ReaperNote>();
for (const line of readFileSync(file, 'utf8').split('\n')) {
  const note = read(line);
  if (note?.done) notes.delete(note.key);
  else if (note) notes.set(note.key, note);
}
rmSync(file);

const left = [...notes.values()];
// One that does not go must not keep the others.
const stopped = await Promise.allSettled(
  left.map((note) => note.process && stopProcess(note.process, note.signal ? [note.signal] : [], 5000)),
);
const problems = stopped.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
for (const { folder } of left) {
  try {
    // The last children of a killed server may still be writing.
    if (folder !== undefined)
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  } catch (error) {
    problems.push(error);
  }
}
for (const problem of problems) process.stderr.write(`cleaning up after the tests: ${String(problem)}\n`);

// The last line may be cut short when the run is killed while it writes.
function read(line: string): ReaperNote | undefined {
  try {
    return reaperNoteSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
