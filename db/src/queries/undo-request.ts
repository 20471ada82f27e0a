import { snowflakeSchema, snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { Moderation } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import { onDays } from './journal-days';
import { applyModeration, moderationStatement } from './moderation';
import { TAKE_BACK } from './take-back';

/** The journal is asked by the time of the request: the ledger knows it, or the id of a message says it. */
export const UNDO_REQUEST = moderationStatement({
  kind: 'undo-request',
  columns: `
    (asked ->> 'undoes') COLLATE "C" AS undoes, to_timestamp((more ->> 'writtenAt')::float8 / 1000) AS written_at`,
  effect: `
found AS MATERIALIZED (
  SELECT change.giver_id, change.day
  FROM (
    SELECT
      guild_id, undoes, coalesce((SELECT at FROM ledger WHERE request_id = fresh.undoes LIMIT 1), written_at) AS changed_at
    FROM fresh
    OFFSET 0
  ) AS wanted CROSS JOIN LATERAL (
    SELECT giver_id, day FROM journal
    WHERE guild_id = wanted.guild_id AND request_id = wanted.undoes AND at = changed_at
      AND ${onDays('changed_at', 'changed_at')}
      AND giver_id IS NOT NULL AND journal.undoes IS NULL
    LIMIT 1
  ) AS change
),
gone AS MATERIALIZED (
  SELECT request_id FROM undone
  WHERE request_id = ANY (ARRAY(SELECT undoes FROM fresh)) AND guild_id = ANY (ARRAY(SELECT guild_id FROM fresh))
),
due AS MATERIALIZED (
  SELECT
    id, 1 AS turn, at, guild_id, channel_id, undoes, found.giver_id, found.day AS from_day, found.day AS to_day
  FROM fresh CROSS JOIN found
  WHERE undoes NOT IN (SELECT request_id FROM gone)
),
${TAKE_BACK},
outcome AS MATERIALIZED (
  SELECT
    coalesce('<@' || (SELECT giver_id FROM found) || '>', undoes) AS target,
    jsonb_build_object('undoes', undoes, 'requests', (SELECT count(*) FROM due)) AS details,
    jsonb_build_object(
      'undoes', undoes, 'totals', coalesce((SELECT totals FROM taken), '[]'), 'wasUndone', EXISTS (SELECT FROM gone)
    ) AS answer
  FROM fresh
  WHERE (SELECT count(*) FROM upserted) >= 0
)`,
});

/**
 * Takes back what requests changed, as moderators ask: see `applyModeration`. It does what an undo by the member who made them does
 * (see TAKE_BACK), for any member and without a window; which is once, whoever asks. A request that the ledger has forgotten is
 * found if it is a message.
 * @throws what applyModeration throws.
 */
export function undoRequest(
  db: Database,
  requests: readonly Moderation<'undo-request'>[],
): Promise<Map<string, Applied<ModerationAnswers['undo-request']>>> {
  return applyModeration(db, 'undo-request', UNDO_REQUEST, requests, ({ undoes }) =>
    snowflakeSchema.safeParse(undoes).success ? { writtenAt: snowflakeTimeMs(undoes) } : {},
  );
}
