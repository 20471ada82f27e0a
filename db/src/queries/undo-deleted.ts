import { messageIdOf } from '@popple/shared/contract/origin';
import type { UndoDeleted } from '@popple/shared/contract/request';
import type { Applied, UndoAnswer } from '../answer';
import type { Database } from '../client';
import { firstDayOf, lastDayOf, onDays } from './journal-days';
import { applyOnce } from './ledger';
import { NOTHING_TOLD, TAKE_BACK, type ToldUndos } from './take-back';
import { UNDOABLE_SINCE } from './undo-window';

/**
 * Takes the batch as JSON text. A message that may be undone and that the ledger does not have yet is entered into it as one of
 * which nothing counted (`unapplied`): should it come later, it is known. What changed nothing is answered, and leaves no row.
 * Reasons are erased after karma is locked, and before the ledger is.
 */
export const UNDO_DELETED = `
WITH incoming AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, guild_id, channel_id, message_id, to_timestamp(written_at / 1000) AS written_at, turn,
    CASE
      -- What was told holds, whatever the settings are now.
      WHEN told IS NOT NULL THEN CASE WHEN told ? 'undoes' THEN '-infinity' ELSE 'infinity' END::timestamptz
      ELSE CASE (SELECT value #>> '{}' FROM setting WHERE guild_id = request.guild_id AND key = 'on-delete' LIMIT 1)
        WHEN 'always' THEN '-infinity'
        WHEN 'never' THEN 'infinity'
        ELSE ${UNDOABLE_SINCE}
      END
    END AS since
  FROM ROWS FROM (
    jsonb_to_recordset($1::text::jsonb) AS (
      id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "messageId" text COLLATE "C",
      "writtenAt" float8, told jsonb
    )
  ) WITH ORDINALITY AS request (id, at, guild_id, channel_id, message_id, written_at, told, turn)
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM incoming))
),
fresh AS MATERIALIZED (
  SELECT * FROM incoming WHERE id NOT IN (SELECT request_id FROM known)
),
applied AS MATERIALIZED (
  SELECT request_id, guild_id, kind, user_id FROM ledger
  WHERE request_id = ANY (ARRAY(SELECT message_id FROM fresh))
),
gone AS MATERIALIZED (
  SELECT request_id FROM undone WHERE request_id = ANY (ARRAY(SELECT message_id FROM fresh))
),
unapplied AS MATERIALIZED (
  SELECT DISTINCT ON (message_id) * FROM fresh
  WHERE written_at >= since AND written_at >= at - interval '1 day'
    AND message_id NOT IN (SELECT request_id FROM applied)
  ORDER BY message_id, turn
),
due AS MATERIALIZED (
  SELECT DISTINCT ON (message_id)
    id, turn, at, fresh.guild_id, channel_id, message_id AS undoes, user_id AS giver_id,
    ${firstDayOf('written_at')} AS from_day, ${lastDayOf('written_at')} AS to_day
  FROM fresh JOIN applied ON applied.request_id = message_id AND applied.guild_id = fresh.guild_id
  WHERE kind = 'change-karma' AND user_id IS NOT NULL AND written_at >= since
    AND message_id NOT IN (SELECT request_id FROM gone)
    AND (
      SELECT place FROM journal
      WHERE guild_id = fresh.guild_id AND giver_id = applied.user_id AND request_id = message_id
        AND ${onDays('written_at', 'written_at')} AND undoes IS NULL
      LIMIT 1
    ) IS NOT NULL
  ORDER BY message_id, turn
),
${TAKE_BACK},
erased AS (
  UPDATE journal SET reason = NULL
  FROM fresh
  WHERE journal.request_id = ANY (ARRAY(SELECT message_id FROM fresh)) AND journal.request_id = message_id
    AND journal.guild_id = fresh.guild_id AND reason IS NOT NULL
    AND ${onDays('written_at', 'written_at')}
    AND (SELECT count(*) FROM upserted) >= 0
  RETURNING fresh.id
),
outcome AS MATERIALIZED (
  SELECT
    fresh.*, coalesce(changes, '[]') AS changes,
    jsonb_strip_nulls(jsonb_build_object(
      'totals', coalesce(totals, '[]'), 'undoes', coalesce(due.undoes, unapplied.message_id, gone.request_id)
    )) AS answer,
    due.id IS NOT NULL OR unapplied.id IS NOT NULL OR fresh.id IN (SELECT id FROM erased) AS has_effect
  FROM fresh
    LEFT JOIN due ON due.id = fresh.id
    LEFT JOIN unapplied ON unapplied.id = fresh.id
    LEFT JOIN gone ON gone.request_id = fresh.message_id
    LEFT JOIN taken ON taken.id = fresh.id
),
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, at, changes, answer)
  SELECT * FROM (
    SELECT id, 'undo-deleted', guild_id, channel_id, at, changes, answer FROM outcome WHERE has_effect
    UNION ALL
    SELECT
      message_id, 'change-karma', guild_id, channel_id, written_at, '[]',
      '{"announce": false, "totals": [], "verdicts": [{"refused": "deleted"}]}'
    FROM unapplied
  ) AS entry (id, kind, guild_id, channel_id, at, changes, answer)
  WHERE (SELECT count(*) FROM erased) >= 0
  ORDER BY 1
  RETURNING request_id
)
SELECT id, 'undo-deleted' AS kind, answer, false AS known FROM outcome WHERE (SELECT count(*) FROM entered) >= 0
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/** What UNDO_DELETED needs to know of each request. */
export function deletionRows(requests: readonly UndoDeleted[], told: ToldUndos = NOTHING_TOLD) {
  return requests.map((request) => ({
    ...request,
    messageId: messageIdOf(request.origin),
    told: told(request.id),
  }));
}

/**
 * Applies up to 1,000 undo-deleted requests by one SQL statement, each exactly once (as applyKarma does, which see), and returns
 * the answer to each, by request id. What a deleted message changed is taken back as by an undo, if it was written within the
 * server's `undo-window` before its deletion (or whenever, where `on-delete` is `always`; never where it is `never`), and if the
 * ledger still knows it. Its reason is erased in any case. A deletion that was told takes back what it was told to, whatever the
 * settings are now.
 *
 * A message that was deleted before its own request is applied, because another worker has that one or is slower, counts nothing
 * then either: its id is claimed in the ledger, and the ledger's key decides between the two (23505).
 * @throws what applyKarma throws.
 */
export function undoDeleted(
  db: Database,
  requests: readonly UndoDeleted[],
  told: ToldUndos = NOTHING_TOLD,
): Promise<Map<string, Applied<UndoAnswer>>> {
  return applyOnce<UndoAnswer>(db, 'undo-deleted', UNDO_DELETED, deletionRows(requests, told));
}
