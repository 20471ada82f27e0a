import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { pgSchema, serial, text } from 'drizzle-orm/pg-core';
import { int64 } from './columns';

const FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));

/** One step of the schema's history, as drizzle-kit generated it. */
export interface Migration {
  /** Its file's name without `.sql`. */
  tag: string;
  /** When it was generated, in milliseconds since the Unix epoch: what drizzle orders and recognises migrations by. */
  createdAt: string;
  /** SHA-256 of its file, in hexadecimal. */
  hash: string;
  sql: string;
}

interface Journal {
  entries: { tag: string }[];
}

/**
 * Where drizzle's own migrator notes what was applied, so that its tools understand the database too. Not part of the
 * schema, or drizzle-kit would generate it.
 */
export const appliedMigrations = pgSchema('drizzle').table('__drizzle_migrations', {
  id: serial('id').primaryKey(),
  hash: text('hash').notNull(),
  createdAt: int64('created_at'),
});

/** Every migration this code comes with, oldest first. */
export function readMigrations(folder: string = FOLDER): Migration[] {
  const journal: Journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'));
  // Both lists follow the journal.
  return readMigrationFiles({ migrationsFolder: folder }).map((file, index) => ({
    tag: journal.entries[index]?.tag ?? String(file.folderMillis),
    createdAt: String(file.folderMillis),
    hash: file.hash,
    sql: file.sql.join('\n;\n'),
  }));
}
