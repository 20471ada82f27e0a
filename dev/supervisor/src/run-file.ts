import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isRunning, ownIdentity, type ProcessIdentity } from '@popple/embedded/process-identity';
import { z } from 'zod';

const identitySchema = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
const childSchema = identitySchema.extend({
  name: z.string(),
  /** What asks it to end in order; SIGKILL follows when it does not. */
  signal: z.enum(['SIGTERM', 'SIGINT']),
});
const runSchema = z.object({
  supervisor: identitySchema,
  url: z.string().optional(),
  children: z.array(childSchema),
});

/** A process that the supervisor started, as noted in the run file. */
export type RunChild = z.infer<typeof childSchema>;
type Run = z.infer<typeof runSchema>;

/** Another `bun run dev` of this checkout is running. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError';
  constructor(pid: number, url: string | undefined) {
    super(
      `"bun run dev" is already running in this checkout (process ${pid}${url === undefined ? '' : `, ${url}`}): ` +
        'use that one, or stop it first (Ctrl-C in its terminal)',
    );
  }
}

/**
 * The note in the checkout of who runs there and what they started. At most one supervisor holds it. What is in it when
 * the supervisor is gone are leftovers.
 */
export interface RunFile {
  /** What a killed supervisor left running, in the order it was started. */
  readonly leftovers: readonly RunChild[];
  setUrl(url: string): void;
  /** Notes a child down; one of the same name takes its place. */
  add(child: RunChild): void;
  remove(name: string): void;
  /** Forgets everything, at the end. */
  release(): void;
}

/** Takes the checkout for this process. Raises AlreadyRunningError. */
export function claimRunFile(path: string): RunFile {
  mkdirSync(dirname(path), { recursive: true });
  const run: Run = { supervisor: ownIdentity(), children: [] };
  const leftovers = take(path, run);
  // Kept in the file until they are stopped: this supervisor may be killed, too.
  run.children.push(...leftovers);
  const save = () => {
    const next = `${path}.${process.pid}`;
    writeFileSync(next, JSON.stringify(run, null, 2));
    renameSync(next, path);
  };
  save();
  const remove = (name: string) => {
    run.children = run.children.filter((child) => child.name !== name);
  };
  return {
    leftovers,
    setUrl: (url) => {
      run.url = url;
      save();
    },
    add: (child) => {
      remove(child.name);
      run.children.push(child);
      save();
    },
    remove: (name) => {
      remove(name);
      save();
    },
    release: () => rmSync(path, { force: true }),
  };
}

// A link appears with its content, and only when there is none: of two that start at once, one gets it.
function take(path: string, run: Run): RunChild[] {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(run));
  try {
    for (;;) {
      if (tryLink(own, path)) return [];
      const left = takeStale(path, own);
      if (left) return left;
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

// Undefined when somebody else was quicker.
function takeStale(path: string, own: string): RunChild[] | undefined {
  const found = read(path);
  if (found && isRunning(found.run.supervisor)) {
    throw new AlreadyRunningError(found.run.supervisor.pid, found.run.url);
  }
  const aside = `${own}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return undefined;
  }
  const moved = read(aside);
  if (moved && isRunning(moved.run.supervisor)) {
    // Between our look and our move, another one took it: give it back.
    renameSync(aside, path);
    return undefined;
  }
  const left = moved?.run.children ?? [];
  const taken = tryLink(own, path);
  rmSync(aside, { force: true });
  return taken ? left : undefined;
}

function read(path: string): { run: Run } | undefined {
  try {
    return { run: runSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) };
  } catch {
    // Gone meanwhile, or torn by a power failure, after which nothing of it runs.
    return undefined;
  }
}

/** The identity service of a child's note. */
export function identityOf(child: RunChild): ProcessIdentity {
  return { pid: child.pid, startedAt: child.startedAt };
}
