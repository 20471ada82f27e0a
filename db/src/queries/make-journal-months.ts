import type { Database } from '../client';

/**
 * Makes the partitions of the journal for this month and the next two, by the database's clock, and returns how many were
 * missing. Any number of workers may do it at once. Without it rows go into the default partition, from which the next
 * call moves those of the current months.
 * @throws what Postgres raises: a lock that is not free within 2 s (55P03), for one.
 */
export async function makeJournalMonths(db: Database): Promise<number> {
  const rows = await db.run(
    ({ sql }) => sql<{ made: number }[]>`SELECT public.make_journal_months() AS made`,
  );
  return rows[0]?.made ?? 0;
}
