import type { Database } from '../client';

/** Takes a time in milliseconds and a limit. Workers that prune at the same moment share the work instead of waiting. */
export const PRUNE_COUNTERS = `
DELETE FROM counter WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM counter WHERE period < to_timestamp($1::float8 / 1000)
  ORDER BY period LIMIT $2::int FOR UPDATE SKIP LOCKED
))`;

/**
 * Forgets up to `limit` of the oldest counters, of days and minutes that began before `beforeMs` (milliseconds since the
 * Unix epoch), and returns how many. Fewer than `limit` means that none is left, or that another worker is at the rest. A
 * change of that time that is delivered later counts as the first of its day: `beforeMs` must be older than anything that
 * can still be delivered.
 * @throws what Postgres raises.
 */
export function pruneCounters(db: Database, options: { beforeMs: number; limit: number }): Promise<number> {
  return db.run(async ({ sql }) => {
    const { count } = await sql.unsafe(PRUNE_COUNTERS, [options.beforeMs, options.limit], { prepare: true });
    return count;
  });
}
