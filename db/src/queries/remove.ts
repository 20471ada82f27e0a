import type { Moderation } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import {
  applyModeration,
  moderationStatement,
  NO_KARMA_TOLD,
  TOLD_COLUMNS,
  type ToldKarmas,
} from './moderation';

export const REMOVE = moderationStatement({
  kind: 'remove',
  columns: `
    (asked -> 'subject' ->> 'subject') COLLATE "C" AS subject, asked -> 'subject' ->> 'display' AS display,${TOLD_COLUMNS}`,
  effect: `
taken AS MATERIALIZED (
  SELECT shown, had::text FROM fresh CROSS JOIN LATERAL take_karma(guild_id, subject, told)
  WHERE NOT was_nothing
),
outcome AS MATERIALIZED (
  SELECT
    subject AS target,
    jsonb_strip_nulls(jsonb_build_object('karma', (SELECT had FROM taken))) AS details,
    jsonb_strip_nulls(jsonb_build_object(
      'display', coalesce((SELECT shown FROM taken), display), 'karma', (SELECT had FROM taken)
    )) AS answer
  FROM fresh
)`,
});

/**
 * Forgets the karma of subjects and their names, as moderators ask: see `applyModeration`. On no board and in no search they are
 * found after it, until somebody changes them again, from 0. The journal goes on saying what they were given. A removal that was told takes as much as it was told to.
 * @throws what applyModeration throws.
 */
export function remove(
  db: Database,
  requests: readonly Moderation<'remove'>[],
  told: ToldKarmas = NO_KARMA_TOLD,
): Promise<Map<string, Applied<ModerationAnswers['remove']>>> {
  return applyModeration(db, 'remove', REMOVE, requests, ({ id }) => ({ told: told(id) }));
}
