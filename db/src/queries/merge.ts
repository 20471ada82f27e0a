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

/** The function locks both rows as APPLY_KARMA does, and moves what others have added while it waited for them. */
export const MERGE = moderationStatement({
  kind: 'merge',
  columns: `
    (asked -> 'from' ->> 'subject') COLLATE "C" AS from_subject, asked -> 'from' ->> 'display' AS from_display,
    (asked -> 'into' ->> 'subject') COLLATE "C" AS into_subject, asked -> 'into' ->> 'display' AS into_display,${TOLD_COLUMNS}`,
  effect: `
moved AS MATERIALIZED (
  SELECT from_shown, had::text, jsonb_build_object('display', into_shown, 'karma', has::text) AS total
  FROM fresh CROSS JOIN LATERAL merge_karma(guild_id, from_subject, into_subject, into_display, told)
  WHERE NOT was_nothing
),
outcome AS MATERIALIZED (
  SELECT
    from_subject AS target,
    jsonb_strip_nulls(jsonb_build_object('into', into_subject, 'karma', (SELECT had FROM moved))) AS details,
    jsonb_strip_nulls(jsonb_build_object(
      'from', coalesce((SELECT from_shown FROM moved), from_display),
      'moved', (SELECT had FROM moved),
      'total', coalesce(
        (SELECT total FROM moved),
        (
          SELECT jsonb_build_object('display', display, 'karma', karma::text) FROM karma
          WHERE guild_id = fresh.guild_id AND subject = into_subject
        ),
        jsonb_build_object('display', into_display, 'karma', '0')
      )
    )) AS answer
  FROM fresh
)`,
});

/**
 * Gives all karma of subjects to others, and forgets the names of the first, as moderators ask: see `applyModeration`. What
 * others add meanwhile is moved with it, or is the first that a subject of the old name has: no point is lost. The journal goes on
 * saying what was given to which name; that they were merged is in the audit log. A merge that was told moves what it was told to,
 * however much there is now.
 * @throws what applyModeration throws.
 */
export function merge(
  db: Database,
  requests: readonly Moderation<'merge'>[],
  told: ToldKarmas = NO_KARMA_TOLD,
): Promise<Map<string, Applied<ModerationAnswers['merge']>>> {
  return applyModeration(db, 'merge', MERGE, requests, ({ id }) => ({ told: told(id) }));
}
