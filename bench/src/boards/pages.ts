import postgres from 'postgres';

/**
 * How many pages the connections to a database have looked at that are closed by now, in Postgres' memory or not, since the
 * database was made. Unlike time it does not depend on the machine, nor on who else uses it.
 */
export async function pagesLookedAt(databaseUrl: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const [row] = await sql<{ pages: string }[]>`
      SELECT (blks_hit + blks_read)::text AS pages FROM pg_stat_database WHERE datname = current_database()`;
    return Number(row?.pages);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
