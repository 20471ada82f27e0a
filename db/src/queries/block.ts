import type { Moderation } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import { applyModeration, moderationStatement } from './moderation';

/** Says of a member whether they are on the list of those who are blocked, unless a later request has said something else. */
const listing = (kind: 'block' | 'unblock') =>
  moderationStatement({
    kind,
    columns: `(asked ->> 'memberId')::bigint AS member_id`,
    effect: `
listed AS (
  INSERT INTO exclusion (guild_id, list, user_id, is_excluded, at, request_id)
  SELECT guild_id, 'blocked', member_id, ${kind === 'block'}, at, id FROM fresh
  ON CONFLICT (guild_id, list, user_id) DO UPDATE
    SET is_excluded = excluded.is_excluded, at = excluded.at, request_id = excluded.request_id
    WHERE (exclusion.at, exclusion.request_id) < (excluded.at, excluded.request_id)
  RETURNING guild_id
),
outcome AS MATERIALIZED (
  SELECT
    '<@' || member_id || '>' AS target, '{}'::jsonb AS details, jsonb_build_object('memberId', member_id::text) AS answer
  FROM fresh
  WHERE (SELECT count(*) FROM listed) >= 0
)`,
  });

export const BLOCK = listing('block');
export const UNBLOCK = listing('unblock');

/**
 * Blocks members, as moderators ask: see `applyModeration`. What is decided of changes after that (by whoever reads what is known
 * after the commit) lets them neither give nor receive. Of requests to block and to unblock a member the latest holds (the one
 * with the highest time, and of the same time the highest id), in whatever order they come.
 * @throws what applyModeration throws.
 */
export function block(
  db: Database,
  requests: readonly Moderation<'block'>[],
): Promise<Map<string, Applied<ModerationAnswers['block']>>> {
  return applyModeration(db, 'block', BLOCK, requests);
}

/**
 * Takes members off the list of those who are blocked: see `block`.
 * @throws what applyModeration throws.
 */
export function unblock(
  db: Database,
  requests: readonly Moderation<'unblock'>[],
): Promise<Map<string, Applied<ModerationAnswers['unblock']>>> {
  return applyModeration(db, 'unblock', UNBLOCK, requests);
}
