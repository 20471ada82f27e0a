import { MAX_UNDONE_AT_ONCE } from '@popple/shared/contract/limits';
import type { Moderation } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import { onDays } from './journal-days';
import { applyModeration, moderationStatement } from './moderation';
import { TAKE_BACK } from './take-back';

/** One request more than may be taken back says whether there are more. */
export const UNDO_ALL = moderationStatement({
  kind: 'undo-all',
  columns: `
    (asked ->> 'memberId')::bigint AS member_id, to_timestamp((asked ->> 'since')::float8 / 1000) AS since`,
  effect: `
given AS MATERIALIZED (
  SELECT request_id, given_at, from_day, to_day
  FROM fresh CROSS JOIN LATERAL (
    SELECT request_id, max(journal.at) AS given_at, min(day) AS from_day, max(day) AS to_day FROM journal
    WHERE guild_id = fresh.guild_id AND giver_id = member_id
      AND ${onDays('since', 'fresh.at')}
      AND journal.at >= since AND journal.at <= fresh.at AND journal.undoes IS NULL
    GROUP BY request_id
  ) AS one
),
standing AS MATERIALIZED (
  SELECT * FROM given
  WHERE request_id NOT IN (
    SELECT request_id FROM undone WHERE request_id = ANY (ARRAY(SELECT request_id FROM given))
  )
  ORDER BY given_at DESC, request_id DESC
  LIMIT ${MAX_UNDONE_AT_ONCE + 1}
),
due AS MATERIALIZED (
  SELECT id, 1 AS turn, at, guild_id, channel_id, request_id AS undoes, member_id AS giver_id, from_day, to_day
  FROM fresh CROSS JOIN standing
  ORDER BY given_at DESC, request_id DESC
  LIMIT ${MAX_UNDONE_AT_ONCE}
),
${TAKE_BACK},
outcome AS MATERIALIZED (
  SELECT
    '<@' || member_id || '>' AS target,
    jsonb_build_object('since', asked -> 'since', 'requests', (SELECT count(*) FROM due)) AS details,
    jsonb_build_object(
      'memberId', member_id::text, 'requests', (SELECT count(*) FROM due),
      'hasMore', (SELECT count(*) FROM standing) > ${MAX_UNDONE_AT_ONCE}
    ) AS answer
  FROM fresh
  WHERE (SELECT count(*) FROM upserted) >= 0
)`,
});

/**
 * Takes back what members changed since a time and until the request, as moderators ask: see `applyModeration`. Each of their requests
 * is taken back as by an undo, once, whoever asks (see TAKE_BACK); the newest 1,000 of those that stand, and the rest when it is
 * asked again.
 * @throws what applyModeration throws.
 */
export function undoAll(
  db: Database,
  requests: readonly Moderation<'undo-all'>[],
): Promise<Map<string, Applied<ModerationAnswers['undo-all']>>> {
  return applyModeration(db, 'undo-all', UNDO_ALL, requests);
}
