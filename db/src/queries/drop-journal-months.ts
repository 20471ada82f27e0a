import type { Database } from '../client';

/**
 * Drops the partitions of the journal whose month ended before `beforeMs` (milliseconds since the Unix epoch), and returns how
 * many; what is older than the first month goes when all of it is. Never anything of the last 31 days. No row is deleted
 * one by one. Any number of workers may do it at once.
 * @throws what Postgres raises: a lock that is not free within 2 s (55P03), for one.
 */
export async function dropJournalMonths(db: Database, beforeMs: number): Promise<number> {
  const rows = await db.run(
    ({ sql }) => sql<{ dropped: number }[]>`
      SELECT public.drop_journal_months(to_timestamp(${beforeMs}::float8 / 1000)) AS dropped`,
  );
  return rows[0]?.dropped ?? 0;
}
