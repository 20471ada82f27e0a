import { setTimeout as sleep } from 'node:timers/promises';

/** Who asked for an end, and how urgently. */
export interface Interruption {
  /** Aborted when the person (or the system) wants the supervisor to end. */
  readonly signal: AbortSignal;
  /** Settles when they ask a second time: now, not in order. */
  readonly again: Promise<void>;
}

// `bun run` hands on a Ctrl-C that the terminal has sent to its whole group, this process included: one press of the
// keys arrives twice, or three times under npx.
const samePressMs = 700;
const parentCheckMs = 1_000;

/**
 * Listens for SIGINT, SIGTERM and SIGHUP, and for the end of the process that started this one through `bun run`: when
 * that is killed, nobody is left to press Ctrl-C.
 */
export function listenForInterruption(env: Record<string, string | undefined> = process.env): Interruption {
  const first = new AbortController();
  const second = Promise.withResolvers<void>();
  let interruptedAt = 0;
  const interrupt = () => {
    if (!first.signal.aborted) {
      interruptedAt = Date.now();
      first.abort();
    } else if (Date.now() - interruptedAt > samePressMs) {
      second.resolve();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  if (env.npm_lifecycle_event !== undefined) void watchParent(process.ppid, first);
  return { signal: first.signal, again: second.promise };
}

async function watchParent(parent: number, end: AbortController): Promise<void> {
  while (!end.signal.aborted) {
    await sleep(parentCheckMs, undefined, { ref: false });
    if (process.ppid !== parent) end.abort();
  }
}
