import type { Undo } from '@popple/shared/contract/request';
import type { Applied, UndoAnswer } from '../answer';
import type { Database } from '../client';
import { onDays } from './journal-days';
import { applyOnce } from './ledger';
import { NOTHING_TOLD, TAKE_BACK, type ToldUndos } from './take-back';
import { UNDOABLE_SINCE } from './undo-window';

/**
 * Takes the batch as JSON text. Of each request that is not known: the giver's last change of the window, be it undone or not, or
 * the one that was told. Those that are not undone are, each by the first request that found it.
 */
export const UNDO = `
WITH incoming AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, guild_id, channel_id, user_id, told, turn,
    CASE WHEN told IS NULL THEN ${UNDOABLE_SINCE}
    -- The longest window there can have been.
    ELSE to_timestamp(at / 1000) - interval '1 day' END AS since
  FROM ROWS FROM (
    jsonb_to_recordset($1::text::jsonb) AS (
      id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "userId" bigint, told jsonb
    )
  ) WITH ORDINALITY AS request (id, at, guild_id, channel_id, user_id, told, turn)
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM incoming))
),
fresh AS MATERIALIZED (
  SELECT * FROM incoming WHERE id NOT IN (SELECT request_id FROM known)
),
found AS MATERIALIZED (
  SELECT fresh.id, turn, fresh.at, guild_id, channel_id, user_id, target.day, target.request_id
  FROM fresh CROSS JOIN LATERAL (
    SELECT day, request_id FROM journal
    WHERE guild_id = fresh.guild_id AND giver_id = fresh.user_id
      AND ${onDays('fresh.since', 'fresh.at')}
      AND at >= fresh.since AND at <= fresh.at AND undoes IS NULL
      AND (told IS NULL OR request_id = told ->> 'undoes')
    ORDER BY at DESC, request_id DESC
    LIMIT 1
  ) AS target
),
due AS MATERIALIZED (
  SELECT DISTINCT ON (request_id)
    id, turn, at, guild_id, channel_id, request_id AS undoes, user_id AS giver_id, day AS from_day, day AS to_day
  FROM found
  WHERE request_id NOT IN (
    SELECT request_id FROM undone WHERE request_id = ANY (ARRAY(SELECT request_id FROM found))
  )
  ORDER BY request_id, turn
),
${TAKE_BACK},
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT
    fresh.id, 'undo', fresh.guild_id, fresh.channel_id, fresh.user_id, fresh.at, coalesce(changes, '[]'),
    jsonb_strip_nulls(jsonb_build_object('totals', coalesce(totals, '[]'), 'undoes', found.request_id))
  FROM fresh LEFT JOIN found USING (id) LEFT JOIN taken USING (id)
  WHERE (SELECT count(*) FROM upserted) >= 0
  ORDER BY 1
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/**
 * Applies up to 1,000 undo requests by one SQL statement, each exactly once (as applyKarma does, which see), and returns the
 * answer to each, by request id. An undo takes back all that the last message by which its member changed karma in that server
 * did, if that was within the server's `undo-window` before it. It is a change of its own, which counts for the day and the giver
 * of what it takes back, against no limit; and what was counted against limits before stays so, or who undoes could give again at
 * once. An undo that was told takes back what it was told to, whatever the window is now, and nothing else.
 *
 * A message is undone once, whoever asks, however often and at the same moment (see TAKE_BACK). Who asks again is told that it is
 * undone already; the change before it stays.
 * @throws what applyKarma throws.
 */
export function undo(
  db: Database,
  requests: readonly Undo[],
  told: ToldUndos = NOTHING_TOLD,
): Promise<Map<string, Applied<UndoAnswer>>> {
  const withTold = requests.map((request) => ({ ...request, told: told(request.id) }));
  return applyOnce<UndoAnswer>(db, 'undo', UNDO, withTold);
}
