import type { Database } from '../client';
import { MAX_BATCH } from './ledger';

/** Takes the ids as JSON text, as every statement here takes its batch. */
export const FIND_MISSING_IDS = `
WITH asked AS MATERIALIZED (
  SELECT id COLLATE "C" AS id FROM jsonb_array_elements_text($1::text::jsonb) AS element (id)
)
SELECT id FROM asked
WHERE id NOT IN (SELECT request_id FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM asked)))`;

/**
 * Which of up to 1,000 request ids the ledger does not have: the requests that would change something if they were
 * applied now. Changes nothing.
 * @throws RangeError above 1,000; else what Postgres raises.
 */
export async function findMissingIds(db: Database, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  if (ids.length > MAX_BATCH) throw new RangeError(`a batch has at most ${MAX_BATCH} ids, not ${ids.length}`);
  const rows = await db.run(({ sql }) =>
    sql.unsafe<{ id: string }[]>(FIND_MISSING_IDS, [JSON.stringify(ids)], { prepare: true }),
  );
  return new Set(rows.map(({ id }) => id));
}
