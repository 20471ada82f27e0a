import { max, sql } from 'drizzle-orm';
import type { Database } from '../client';
import { DatabaseNotReadyError, isMissingTable } from '../errors';
import { appliedMigrations, readMigrations } from '../migrations';

/** Shorter than for other statements: whoever asks for readiness wants to know soon. */
const PING_DEADLINE_MS = 5_000;

const newestNeeded = readMigrations().at(-1);

function readState(db: Database) {
  return db.run(
    ({ drizzle }) =>
      drizzle
        .select({
          readOnly: sql<string>`current_setting('transaction_read_only')`,
          newest: max(appliedMigrations.createdAt),
        })
        .from(appliedMigrations),
    PING_DEADLINE_MS,
  );
}

/**
 * Resolves when the database can be used now: it answers, takes writes, and has the schema that this code needs (or a
 * newer one, as in a rolling upgrade, where the database is migrated first).
 * @throws DatabaseNotReadyError saying what to do; DatabaseDeadlineError after 5 s; else what postgres.js raises.
 */
export async function ping(db: Database): Promise<void> {
  const notMigrated = `the database is not migrated to ${newestNeeded?.tag}: run bun run db:migrate`;
  const rows = await readState(db).catch((error: unknown) => {
    throw isMissingTable(error) ? new DatabaseNotReadyError(notMigrated, { cause: error }) : error;
  });
  const state = rows[0];
  if (state?.readOnly !== 'off') {
    throw new DatabaseNotReadyError('the database takes no writes now: it is a standby, or set to read-only');
  }
  if (BigInt(state.newest ?? 0) < BigInt(newestNeeded?.createdAt ?? 0)) {
    throw new DatabaseNotReadyError(notMigrated);
  }
}
