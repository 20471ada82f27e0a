import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What to watch. */
export interface WatchOptions {
  readonly root: string;
  /** Files and folders, relative to the root. */
  readonly watched: readonly string[];
  /** How often to look; a change is reported once nothing more has changed for one interval. */
  readonly intervalMs?: number;
  /** Receives the changed files, relative to the root, with forward slashes. */
  readonly onChange: (files: string[]) => void;
}

/**
 * Watches source files, by looking at their times and sizes, until the function that is returned is called. Looking
 * costs a few milliseconds a second, and unlike the system's notifications it works in every container mount and with
 * every editor's way of saving, and needs no limit raised.
 */
export function watchSources(o: WatchOptions): () => void {
  let seen = snapshot(o);
  const pending = new Set<string>();
  const timer = setInterval(() => {
    const now = snapshot(o);
    const changed = difference(seen, now);
    seen = now;
    for (const file of changed) pending.add(file);
    if (changed.length > 0 || pending.size === 0) return;
    const files = [...pending].sort();
    pending.clear();
    o.onChange(files);
  }, o.intervalMs ?? 400);
  return () => clearInterval(timer);
}

type Snapshot = Map<string, string>;

function snapshot(o: WatchOptions): Snapshot {
  const found: Snapshot = new Map();
  for (const path of o.watched) look(o.root, join(o.root, path), found);
  return found;
}

function look(root: string, path: string, found: Snapshot): void {
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    // A file, or nothing at the moment.
    note(root, path, found);
    return;
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const inner = join(path, entry.name);
    if (entry.isDirectory()) look(root, inner, found);
    else if (isSource(entry.name)) note(root, inner, found);
  }
}

// Not what editors keep beside a file, and not tests, which no running service reads.
function isSource(name: string): boolean {
  return /\.(ts|tsx|json|sql|html|css)$/.test(name) && !/\.test\.tsx?$/.test(name);
}

function note(root: string, path: string, found: Snapshot): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) {
    found.set(relative(root, path).split(sep).join('/'), `${stat.mtimeMs} ${stat.size} ${stat.ino}`);
  }
}

function difference(before: Snapshot, after: Snapshot): string[] {
  const changed = [...after].filter(([file, mark]) => before.get(file) !== mark).map(([file]) => file);
  return [...changed, ...[...before.keys()].filter((file) => !after.has(file))];
}
