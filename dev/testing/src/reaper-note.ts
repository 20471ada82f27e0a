import { z } from 'zod';

/** A line of the file that the reaper reads: something to stop or to remove when the run ends. */
export const reaperNoteSchema = z.object({
  /** Names this note, so that a later one with `done` takes it back. */
  key: z.string(),
  done: z.boolean().optional(),
  process: z.object({ pid: z.number(), startedAt: z.string() }).optional(),
  /** Sent before SIGKILL, for a process that has children of its own to stop. */
  signal: z.enum(['SIGQUIT', 'SIGTERM']).optional(),
  folder: z.string().optional(),
});

export type ReaperNote = z.infer<typeof reaperNoteSchema>;
