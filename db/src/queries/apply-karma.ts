import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Applied, KarmaAnswer } from '../answer';
import type { Database } from '../client';
import { settingSql } from '../setting-sql';
import { applyOnce } from './ledger';

/**
 * Takes the batch as JSON text. Its shape leaves the planner no way to compare every request with every other, of which
 * it is fond, because it takes a batch for 100 requests and CTEs for even less: ids are looked up in a hash (NOT IN),
 * settings by a subquery, and only changes are joined with subjects, both too many for a loop in any estimate.
 */
export const APPLY_KARMA = `
WITH incoming AS MATERIALIZED (
  SELECT id, at, guild_id, channel_id, user_id, changes, place
  FROM ROWS FROM (
    jsonb_to_recordset($1::text::jsonb)
      AS (id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "userId" bigint, changes jsonb)
  ) WITH ORDINALITY AS request (id, at, guild_id, channel_id, user_id, changes, place)
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM incoming))
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
  WHERE request.id NOT IN (SELECT request_id FROM known)
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
    change.id, 'change-karma', change.guild_id, change.channel_id, change.user_id, to_timestamp(change.at / 1000),
    (array_agg(change.changes))[1],
    jsonb_build_object(
      'announce', ${settingSql('announce', 'change.guild_id')},
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
  ORDER BY change.id
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/**
 * Applies up to 1,000 change-karma requests by one SQL statement, each exactly once however often and by however many
 * workers it is asked for, and returns the answer to each, by request id. Requests count in the order given: three
 * `x++` in one batch answer 1, 2 and 3. The spelling first seen is kept; `announce` is the guild's choice when the
 * statement began.
 *
 * The statement reads which ids the ledger knows, adds up the changes of the others per subject, upserts those sums,
 * works out each request's own totals (the total after the batch, less the batch's sum, plus the sum so far), and
 * enters the requests with their answers into the ledger. One statement is one transaction: karma changes if and only
 * if the ledger says so, and the ledger's primary key lets one transaction only say so for an id.
 *
 * Two workers with the same id, in READ COMMITTED:
 * - The other has committed before this statement began: it sees the ledger row, changes nothing, gives the stored answer.
 * - The other commits later, at any point: this statement saw no ledger row. If it comes to a karma row of the other's
 *   before that commit it waits there. In either case it then adds to the newest version of the row (ON CONFLICT DO
 *   UPDATE does, not to the one of its snapshot), and its ledger insert meets the other's row: 23505, everything is
 *   undone, and the call is repeated, now finding the id known.
 * - The other rolls back or dies: this one waited for it at a row lock or at the ledger's key, and goes on as the first.
 *
 * No deadlocks among workers: each takes its karma rows in order of (guild, subject) and its ledger keys in order of
 * id, and the first ledger key only after the last karma row, since the ledger insert first counts the upserted ones.
 * The order is that of "C", the same everywhere.
 *
 * @throws a refusal (isRefusal) when a total would leave 64 bits (22003): nothing of the batch is applied, and it does
 * not say which request is to blame; LedgerKindError; LedgerContentionError; else a connection error, after which it is
 * not known whether the batch was applied: ask again.
 */
export function applyKarma(
  db: Database,
  requests: readonly ChangeKarma[],
): Promise<Map<string, Applied<KarmaAnswer>>> {
  return applyOnce<KarmaAnswer>(db, 'change-karma', APPLY_KARMA, requests);
}
