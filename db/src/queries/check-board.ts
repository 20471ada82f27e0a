import type { Total } from '@popple/shared/contract/event';
import type { CheckBoard } from '@popple/shared/contract/request';
import type { Database } from '../client';
import { toParameter } from './ledger';

/**
 * One index scan per board, forward for the top and backward for the bottom, which end after `size` rows, and skip those of ranks before `from`. ARRAY keeps
 * the order of the rows, so nothing is sorted afterwards either.
 */
export const CHECK_BOARD = `
SELECT
  request.id,
  CASE request."end"
    WHEN 'top' THEN to_json(ARRAY(
      SELECT json_build_object('display', display, 'karma', karma::text) FROM karma
      WHERE guild_id = request."guildId" ORDER BY karma DESC, subject LIMIT request.size OFFSET coalesce(request."from", 1) - 1
    ))
    ELSE to_json(ARRAY(
      SELECT json_build_object('display', display, 'karma', karma::text) FROM karma
      WHERE guild_id = request."guildId" ORDER BY karma, subject DESC LIMIT request.size OFFSET coalesce(request."from", 1) - 1
    ))
  END AS entries
FROM jsonb_to_recordset($1::text::jsonb) AS request (id text, "guildId" bigint, "end" text, size integer, "from" integer)`;

/**
 * The boards that up to 1,000 requests ask for, by request id: the highest karma first for the top, the lowest first
 * for the bottom, subjects of equal karma in order of their key ("C") for the top and in reverse for the bottom.
 * Nothing is changed, so there is no ledger row: delivered again, the request is answered with the board of that moment.
 * @throws what Postgres raises.
 */
export async function checkBoard(
  db: Database,
  requests: readonly CheckBoard[],
): Promise<Map<string, Total[]>> {
  if (requests.length === 0) return new Map();
  const batch = toParameter(requests);
  const rows = await db.run(({ sql }) =>
    sql.unsafe<{ id: string; entries: Total[] }[]>(CHECK_BOARD, [batch], { prepare: true }),
  );
  return new Map(rows.map(({ id, entries }) => [id, entries]));
}
