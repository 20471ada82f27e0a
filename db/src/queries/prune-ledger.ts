import { inArray, lt } from 'drizzle-orm';
import type { Database } from '../client';
import { ledger } from '../schema';

/**
 * Forgets up to `limit` of the oldest requests whose time is before `beforeMs` (milliseconds since the Unix epoch), and
 * returns how many. Fewer than `limit` means that none is left, or that another worker is at the rest. Karma is never
 * touched. A request that is forgotten and delivered again counts again: `beforeMs` must be older than anything that
 * the streams keep.
 * @throws what Postgres raises.
 */
export function pruneLedger(db: Database, options: { beforeMs: number; limit: number }): Promise<number> {
  return db.run(async ({ drizzle }) => {
    // As a CTE it is read once. In an IN (...) the planner may read it again and again, and delete more than the limit.
    const oldest = drizzle.$with('oldest').as(
      drizzle
        .select({ id: ledger.requestId })
        .from(ledger)
        .where(lt(ledger.at, new Date(options.beforeMs)))
        .orderBy(ledger.at)
        .limit(options.limit)
        // Workers that prune at the same moment share the work instead of waiting for each other.
        .for('update', { skipLocked: true }),
    );
    const { count } = await drizzle
      .with(oldest)
      .delete(ledger)
      .where(inArray(ledger.requestId, drizzle.select({ id: oldest.id }).from(oldest)));
    return count;
  });
}
