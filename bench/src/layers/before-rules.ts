import type { Database } from '@popple/db/client';
import { channelIdOf, userIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';

/**
 * The statement that applied changes of karma before there were rules and a journal, on the tables of today: what rules are
 * measured by.
 */
const APPLY_BEFORE_RULES = `
WITH incoming AS MATERIALIZED (
  SELECT * FROM ROWS FROM (
    jsonb_to_recordset($1::text::jsonb)
      AS (id text, at float8, "guildId" bigint, "channelId" bigint, "userId" bigint, changes jsonb)
  ) WITH ORDINALITY AS request (id, at, guild_id, channel_id, user_id, changes, place)
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id COLLATE "C" FROM incoming))
),
change AS MATERIALIZED (
  SELECT
    request.*, entry.subject COLLATE "C" AS subject, entry.display, entry.place AS entry_place,
    sum(entry.delta) OVER (PARTITION BY request.guild_id, entry.subject COLLATE "C") AS batch_sum,
    sum(entry.delta) OVER so_far AS running_sum,
    row_number() OVER so_far AS nth
  FROM incoming AS request
  CROSS JOIN ROWS FROM (
    jsonb_to_recordset(request.changes) AS (subject text, display text, delta integer)
  ) WITH ORDINALITY AS entry (subject, display, delta, place)
  WHERE request.id COLLATE "C" NOT IN (SELECT request_id FROM known)
  WINDOW so_far AS (PARTITION BY request.guild_id, entry.subject COLLATE "C" ORDER BY request.place, entry.place)
),
upserted AS (
  INSERT INTO karma (guild_id, subject, display, karma)
  SELECT guild_id, subject, display, batch_sum FROM change WHERE nth = 1
  ORDER BY guild_id, subject
  ON CONFLICT (guild_id, subject) DO UPDATE SET karma = karma.karma + excluded.karma
  RETURNING guild_id, subject, display, karma
),
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT
    change.id COLLATE "C", 'change-karma', change.guild_id, change.channel_id, change.user_id,
    to_timestamp(change.at / 1000), (array_agg(change.changes))[1],
    jsonb_build_object(
      'announce', coalesce((
        SELECT value FROM setting WHERE setting.guild_id = change.guild_id AND key = 'announce'
      ), 'true'),
      'totals', jsonb_agg(
        jsonb_build_object(
          'display', upserted.display,
          'karma', (upserted.karma - change.batch_sum + change.running_sum)::text
        ) ORDER BY change.entry_place
      )
    )
  FROM change JOIN upserted USING (guild_id, subject)
  WHERE (SELECT count(*) FROM upserted) > 0
  GROUP BY change.id, change.guild_id, change.channel_id, change.user_id, change.at
  ORDER BY 1
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/**
 * Applies requests as svc did before there were rules: what was written is the score and the ledger.
 * @throws what Postgres raises; also where two workers are given the same request.
 */
export async function applyBeforeRules(db: Database, requests: readonly ChangeKarma[]): Promise<void> {
  const rows = requests.map(({ id, at, guildId, origin, changes }) => ({
    id,
    at,
    guildId,
    channelId: channelIdOf(origin),
    userId: userIdOf(origin),
    changes,
  }));
  await db.run(({ sql }) => sql.unsafe(APPLY_BEFORE_RULES, [JSON.stringify(rows)], { prepare: true }));
}
