import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reapFolder } from './reaper';

/** A folder for one test. */
export interface TempFolder {
  readonly path: string;
  /** Removes it now; without this it is removed when the test process ends. */
  remove(): void;
}

/** Makes an empty folder under the system's folder for temporary files; `purpose` becomes part of its name. */
export function tempFolder(purpose: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `popple-${purpose}-`));
  // As root, an embedded Postgres runs as another user, who must be able to pass through.
  chmodSync(path, 0o711);
  const release = reapFolder(path);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      release();
    },
  };
}
