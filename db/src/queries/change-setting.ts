import type { ChangeSetting } from '@popple/shared/contract/request';
import type { Applied, SettingAnswer } from '../answer';
import type { Database } from '../client';
import { applyOnce } from './ledger';

/**
 * Takes the batch as JSON text. A choice that is taken back is stored as JSON's null, or an older choice that comes later
 * would find nothing newer. The ledger insert asks for `chosen` only so that rows of settings are locked before ledger keys.
 */
export const CHANGE_SETTING = `
WITH incoming AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, "guildId" AS guild_id, "channelId" AS channel_id, "userId" AS user_id,
    key, coalesce(value, 'null') AS value
  FROM jsonb_to_recordset($1::text::jsonb) AS request (
    id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "userId" bigint,
    key text COLLATE "C", value jsonb
  )
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM incoming))
),
fresh AS MATERIALIZED (
  SELECT * FROM incoming WHERE id NOT IN (SELECT request_id FROM known)
),
chosen AS (
  INSERT INTO setting (guild_id, key, value, at, request_id)
  SELECT DISTINCT ON (guild_id, key) guild_id, key, value, at, id FROM fresh
  ORDER BY guild_id, key, at DESC, id DESC
  ON CONFLICT (guild_id, key) DO UPDATE
    SET value = excluded.value, at = excluded.at, request_id = excluded.request_id
    WHERE (setting.at, setting.request_id) < (excluded.at, excluded.request_id)
  RETURNING guild_id
),
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT
    id, 'change-setting', guild_id, channel_id, user_id, at,
    jsonb_build_object('key', key, 'value', value), jsonb_build_object('key', key, 'value', value)
  FROM fresh
  WHERE (SELECT count(*) FROM chosen) >= 0
  ORDER BY id
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/**
 * Applies up to 1,000 change-setting requests by one SQL statement, each exactly once (as applyKarma does, which see), and
 * returns the answer to each, by request id. Of several for one setting of a server, now or at any time, the latest holds
 * (the one with the highest time, and of the same time the highest id), so one that arrives late cannot undo a newer choice.
 * Each is answered as if they had come in order.
 * @throws what applyKarma throws.
 */
export function changeSetting(
  db: Database,
  requests: readonly ChangeSetting[],
): Promise<Map<string, Applied<SettingAnswer>>> {
  return applyOnce<SettingAnswer>(db, 'change-setting', CHANGE_SETTING, requests);
}
