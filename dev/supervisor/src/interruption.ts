import { setTimeout as sleep } from 'node:timers/promises';
import { onStopSignals } from '@popple/shared/process/stop-signals';

/** Who asked for an end, and how urgently. */
export interface Interruption {
  /** Aborted when the person (or the system) wants the supervisor to end. */
  readonly signal: AbortSignal;
  /** Settles when they ask again, 1 s or more after the first time: now, not in order. */
  readonly again: Promise<void>;
}

const parentCheckMs = 1_000;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, and for the end of the process that started this one through `bun run`: when
 * that is killed, nobody is left to press Ctrl-C.
 */
export function listenForInterruption(env: Record<string, string | undefined> = process.env): Interruption {
  const first = new AbortController();
  const second = Promise.withResolvers<void>();
  onStopSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], {
    first: () => first.abort(),
    again: () => second.resolve(),
  });
  if (env.npm_lifecycle_event !== undefined) void watchParent(process.ppid, first);
  return { signal: first.signal, again: second.promise };
}

async function watchParent(parent: number, end: AbortController): Promise<void> {
  while (!end.signal.aborted) {
    await sleep(parentCheckMs, undefined, { ref: false });
    if (process.ppid !== parent) end.abort();
  }
}
