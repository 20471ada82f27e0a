import type { ChangeAnnounce } from '@popple/shared/contract/request';
import type { AnnounceAnswer, Applied } from '../answer';
import type { Database } from '../client';
import { applyOnce } from './ledger';

/** Takes the batch as JSON text. The ledger insert asks for `chosen` only so that guild rows are locked before ledger keys. */
export const CHANGE_ANNOUNCE = `
WITH incoming AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, "guildId" AS guild_id, "channelId" AS channel_id, "userId" AS user_id, announce
  FROM jsonb_to_recordset($1::text::jsonb) AS request (
    id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "userId" bigint, announce boolean
  )
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM incoming))
),
fresh AS MATERIALIZED (
  SELECT * FROM incoming WHERE id NOT IN (SELECT request_id FROM known)
),
chosen AS (
  INSERT INTO guild (guild_id, announce, announce_request_id, announce_at)
  SELECT DISTINCT ON (guild_id) guild_id, announce, id, at FROM fresh
  ORDER BY guild_id, at DESC, id DESC
  ON CONFLICT (guild_id) DO UPDATE
    SET announce = excluded.announce, announce_request_id = excluded.announce_request_id, announce_at = excluded.announce_at
    WHERE (guild.announce_at, guild.announce_request_id) < (excluded.announce_at, excluded.announce_request_id)
  RETURNING guild_id
),
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT
    id, 'change-announce', guild_id, channel_id, user_id, at,
    jsonb_build_object('announce', announce), jsonb_build_object('announce', announce)
  FROM fresh
  WHERE (SELECT count(*) FROM chosen) >= 0
  ORDER BY id
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/**
 * Applies up to 1,000 change-announce requests by one SQL statement, each exactly once (as applyKarma does, which see),
 * and returns the answer to each, by request id. Of several for one guild, now or at any time, the latest holds (the
 * one with the highest time, and of the same time the highest id), so one that arrives late cannot undo a newer choice. Each
 * is answered as if they had come in order.
 * @throws what applyKarma throws.
 */
export function changeAnnounce(
  db: Database,
  requests: readonly ChangeAnnounce[],
): Promise<Map<string, Applied<AnnounceAnswer>>> {
  return applyOnce<AnnounceAnswer>(db, 'change-announce', CHANGE_ANNOUNCE, requests);
}
