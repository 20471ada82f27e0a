/*
 * The process that cleans up after a test run, however that ends: it is told over stdin what was started and made, and
 * when stdin ends (the run ended, crashed or was killed) it stops the processes and removes the folders. A hook inside
 * the test process could not: nothing runs there after SIGKILL.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { stopProcess } from '../embedded/server-record';
import { type ReaperNote, reaperNoteSchema } from './reaper-note';

const notes = new Map<string, ReaperNote>();

// The terminal's Ctrl-C is for the run; this process ends when the run has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const note = read(line);
  if (note?.done) notes.delete(note.key);
  else if (note) notes.set(note.key, note);
}

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
