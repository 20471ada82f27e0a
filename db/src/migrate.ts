import { OperatorError } from '@popple/shared/process/operator-error';
import { withDeadline } from '@popple/shared/process/with-deadline';
import postgres from 'postgres';
import { DatabaseDeadlineError, isTransient } from './errors';
import { type Migration, readMigrations } from './migrations';
import { placeOf } from './place';
import { grantToWorkers } from './privileges';

/** Any fixed number: whoever migrates a Popple database must take the same lock. */
const MIGRATION_LOCK = '8112046215563';
/** Raised inside the database when another process was first; outside the ranges Postgres uses itself. */
const TAKEN = 'PM001';
const DEFAULT_WAIT_MS = 60_000;
const RETRY_MS = 500;
const CONNECT_TIMEOUT_S = 5;
const KEEP_ALIVE_S = 10;
/** How long one try to reach the server may take at most, and at least although the whole wait is nearly over. */
const REACH_MAX_MS = 10_000;
const REACH_MIN_MS = 1_000;

export interface MigrateOptions {
  /** How long to wait for a server that cannot be reached or is starting, in milliseconds. */
  waitMs?: number;
  /** Hears, in a sentence, what is being waited for and what was applied. */
  onProgress?: (line: string) => void;
  /** The migrations; those of this code unless a test says otherwise. */
  migrations?: readonly Migration[];
}

/** A migration that was applied is not what it is in this code: someone edited or replaced it. */
export class MigrationDriftError extends OperatorError {
  override name = 'MigrationDriftError';
}

interface AppliedRow {
  hash: string;
  created_at: string;
}

/**
 * One migration as one query text. Sent by the simple protocol, all its statements are one transaction, from the lock to
 * the note that it was applied: whatever dies in the middle, all of it happened or none. Spread over several queries
 * (drizzle's own migrator, `sql.begin`), the rest would run and commit one by one on the next connection after the
 * first was lost.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 * @see https://github.com/porsager/postgres/issues/1186
 */
function applying({ tag, createdAt, hash, sql }: Migration): string {
  // A migration, or the wait for that of another process, takes as long as it takes.
  return `
    SET LOCAL statement_timeout = 0;
    SET LOCAL lock_timeout = 0;
    SELECT pg_advisory_xact_lock(${MIGRATION_LOCK});
    CREATE SCHEMA IF NOT EXISTS drizzle;
    CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
    DO $check$ BEGIN
      IF EXISTS (SELECT FROM drizzle.__drizzle_migrations WHERE created_at >= ${createdAt}) THEN
        RAISE EXCEPTION 'another process has applied ${tag}' USING ERRCODE = '${TAKEN}';
      END IF;
    END $check$;
    ${sql}
    ;
    INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${hash}', ${createdAt});`;
}

async function readApplied(sql: postgres.Sql): Promise<AppliedRow[]> {
  // Asked first, because a server writes every failed statement into its log, and a new database is no failure.
  const [found] = await sql<{ isThere: boolean }[]>`
    SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS "isThere"`;
  if (!found?.isThere) return [];
  return await sql<
    AppliedRow[]
  >`SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY created_at`;
}

function refuseDrift(migrations: readonly Migration[], applied: readonly AppliedRow[]): void {
  const known = new Map(migrations.map((migration) => [migration.createdAt, migration]));
  for (const row of applied) {
    const migration = known.get(row.created_at);
    if (migration && migration.hash !== row.hash) {
      throw new MigrationDriftError(
        `migration ${migration.tag} was changed after it was applied to this database; ` +
          'restore its file and put the change into a new migration (bun run db:generate)',
      );
    }
  }
}

/** Applies what is missing, oldest first. What the server raises passes through. */
async function applyMissing(
  sql: postgres.Sql,
  migrations: readonly Migration[],
  onApplied: (tag: string) => void,
): Promise<void> {
  const applied = await readApplied(sql);
  refuseDrift(migrations, applied);
  const newest = applied.at(-1)?.created_at;
  for (const migration of migrations) {
    // As drizzle does: what is not newer than the newest applied one counts as applied.
    if (newest !== undefined && BigInt(migration.createdAt) <= BigInt(newest)) continue;
    try {
      await sql.unsafe(applying(migration)).simple();
      onApplied(migration.tag);
    } catch (error) {
      if (!(error instanceof postgres.PostgresError && error.code === TAKEN)) throw error;
    }
  }
}

/** Whether waiting for the server may help, rather than only its operator. */
function isWorthWaiting(error: unknown): boolean {
  if (!isTransient(error)) return false;
  // Wrong password, no such role or database, no right to create: no server repairs that by itself.
  return !(error instanceof postgres.PostgresError && /^(28|3D|3F|42)/.test(error.code));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Brings a database to the schema of this code and returns the tags of the migrations that this call applied, oldest
 * first. Several processes may do it at the same moment: each migration is applied once, and all return when the
 * database is ready. svc's role, where the roles step has made one, gets what it may do with the tables (privileges.ts). The
 * schema of a database that is ahead of this code is left as it is. A server that cannot be reached or is
 * starting is waited for, `waitMs` at most.
 * @throws OperatorError when the server does not come up in time, refuses the connection, or the migration fails;
 * MigrationDriftError when an applied migration was edited.
 */
export async function migrate(
  databaseUrl: string,
  options: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const { waitMs = DEFAULT_WAIT_MS, onProgress = () => {}, migrations = readMigrations() } = options;
  const place = placeOf(databaseUrl);
  const applied: string[] = [];
  const onApplied = (tag: string) => {
    applied.push(tag);
    onProgress(`applied ${tag}`);
  };
  const giveUpAt = Date.now() + waitMs;
  let told: string | undefined;
  for (;;) {
    const sql = postgres(databaseUrl, {
      max: 1,
      connect_timeout: CONNECT_TIMEOUT_S,
      keep_alive: KEEP_ALIVE_S,
      fetch_types: false,
      onnotice: () => {},
      connection: {
        application_name: 'popple-migrate',
        // After the wait for the lock, what the process before committed must be seen, whatever the database's default.
        default_transaction_isolation: 'read committed',
      },
    });
    try {
      // A proxy that accepts and closes at once would be tried indefinitely by postgres.js.
      const reachMs = Math.max(REACH_MIN_MS, Math.min(REACH_MAX_MS, giveUpAt - Date.now()));
      await withDeadline(sql`SELECT 1`, reachMs, () => new DatabaseDeadlineError(reachMs));
      await applyMissing(sql, migrations, onApplied);
      await grantToWorkers(sql);
      return { applied };
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      const reason = reasonOf(error);
      if (!isWorthWaiting(error))
        throw new OperatorError(`cannot migrate ${place}: ${reason}`, { cause: error });
      if (Date.now() >= giveUpAt) {
        throw new OperatorError(
          `Postgres at ${place} was not usable within ${waitMs / 1_000} s: ${reason}. ` +
            'Is it running, and does DATABASE_URL name it?',
          { cause: error },
        );
      }
      if (reason !== told) onProgress(`waiting for Postgres at ${place}: ${reason}`);
      told = reason;
    } finally {
      // Without a limit, end() would wait indefinitely after a connection was lost in the middle of a query.
      await sql.end({ timeout: 0 });
    }
    await Bun.sleep(RETRY_MS);
  }
}
