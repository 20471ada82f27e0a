import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isRunning, ownIdentity, type ProcessIdentity } from './process-identity';

const identitySchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
const recordSchema = z.object({ server: identitySchema, owner: identitySchema });

/** A data folder that another live process is using. */
export class DataFolderInUseError extends Error {
  override name = 'DataFolderInUseError';
  constructor(
    readonly folder: string,
    readonly ownerPid: number,
  ) {
    super(
      `${folder} is in use by process ${ownerPid}: stop that one first (it may be another "bun run dev" of this checkout)`,
    );
  }
}

/**
 * Notes in `file` which server process uses a data folder and which process started it, so that a server left
 * behind by a killed owner is distinguished from one that is in use.
 */
export function recordServer(file: string, serverPid: number): void {
  const server = identify(serverPid);
  // A server that ended within its first milliseconds leaves nothing behind to be found.
  if (server) writeFileSync(file, JSON.stringify({ server, owner: ownIdentity() }), { mode: 0o600 });
}

/** Forgets the note: the server was stopped in order. */
export function forgetServer(file: string): void {
  rmSync(file, { force: true });
}

/**
 * Makes sure that no server of an earlier run still uses the folder: one whose owner was killed is stopped.
 * Raises DataFolderInUseError when its owner is alive and is not this process.
 */
export async function stopLeftover(
  folder: string,
  file: string,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  const record = readRecord(file);
  if (!record) return;
  if (isRunning(record.server)) {
    if (record.owner.pid !== process.pid && isRunning(record.owner)) {
      throw new DataFolderInUseError(folder, record.owner.pid);
    }
    await stopProcess(record.server, signals);
  }
  forgetServer(file);
}

/**
 * Sends each signal in turn to the process, waiting up to `graceMs` for it to end after each, and SIGKILL at last.
 * Never touches another process that was given its pid. Raises when it cannot be stopped.
 */
export async function stopProcess(
  target: ProcessIdentity,
  signals: readonly NodeJS.Signals[],
  graceMs = 10_000,
): Promise<void> {
  for (const signal of [...signals, 'SIGKILL' as const]) {
    if (!isRunning(target)) return;
    try {
      process.kill(target.pid, signal);
    } catch (cause) {
      if (!isRunning(target)) return;
      throw new Error(
        `process ${target.pid} is left from an earlier run and cannot be stopped: stop it yourself`,
        {
          cause,
        },
      );
    }
    for (let waitedMs = 0; waitedMs < graceMs; waitedMs += 50) {
      if (!isRunning(target)) return;
      await sleep(50);
    }
  }
  if (isRunning(target))
    throw new Error(`process ${target.pid} is left from an earlier run and does not end`);
}

function readRecord(file: string): z.infer<typeof recordSchema> | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  // A record cut short by a power failure is ignored; every process it could name is gone with the power.
  const parsed = recordSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
