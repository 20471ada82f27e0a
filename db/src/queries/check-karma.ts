import type { Total } from '@popple/shared/contract/event';
import type { CheckKarma } from '@popple/shared/contract/request';
import type { Database } from '../client';
import { toParameter } from './ledger';

/** The LIMIT keeps the planner from joining by another way than one look into the index per subject. */
export const CHECK_KARMA = `
SELECT request.id, coalesce(score.display, entry.display) AS display, coalesce(score.karma, 0) AS karma
FROM ROWS FROM (
  jsonb_to_recordset($1::text::jsonb) AS (id text, "guildId" bigint, subjects jsonb)
) WITH ORDINALITY AS request (id, guild_id, subjects, place)
CROSS JOIN ROWS FROM (
  jsonb_to_recordset(request.subjects) AS (subject text, display text)
) WITH ORDINALITY AS entry (subject, display, place)
LEFT JOIN LATERAL (
  SELECT display, karma FROM karma
  WHERE guild_id = request.guild_id AND subject = entry.subject COLLATE "C"
  LIMIT 1
) AS score ON true
ORDER BY request.place, entry.place`;

/**
 * The totals of the subjects that up to 1,000 requests ask for, by request id, in each request's order. A subject that
 * nobody ever changed has '0' and the spelling asked with; any other the spelling first seen. Nothing is changed, so
 * there is no ledger row: delivered again, the request is answered with the totals of that moment.
 * @throws what Postgres raises.
 */
export async function checkKarma(
  db: Database,
  requests: readonly CheckKarma[],
): Promise<Map<string, Total[]>> {
  const totals = new Map<string, Total[]>(requests.map(({ id }) => [id, []]));
  if (requests.length === 0) return totals;
  const batch = toParameter(requests);
  const rows = await db.run(({ sql }) =>
    sql.unsafe<({ id: string } & Total)[]>(CHECK_KARMA, [batch], { prepare: true }),
  );
  for (const { id, display, karma } of rows) totals.get(id)?.push({ display, karma });
  return totals;
}
