import type { Moderation } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import { countAll, type Judge } from '../judging';
import { applyModeration, moderationStatement } from './moderation';
import { readKnown } from './read-known';

/** The journal first, as in APPLY_KARMA. Nobody is its giver: no member gave that, or may undo it as their own. */
export const ADJUST = moderationStatement({
  kind: 'adjust',
  columns: `
    (asked -> 'subject' ->> 'subject') COLLATE "C" AS subject, asked -> 'subject' ->> 'display' AS display,
    (asked ->> 'amount')::integer AS amount, to_timestamp((more ->> 'day')::float8 / 1000) AS day`,
  effect: `
journaled AS (
  INSERT INTO journal (day, at, request_id, place, guild_id, subject, delta, channel_id, reason)
  SELECT day, at, id, 1, guild_id, subject, amount, channel_id, reason FROM fresh
  RETURNING guild_id
),
adjusted AS (
  INSERT INTO karma (guild_id, subject, display, karma)
  SELECT guild_id, subject, display, amount FROM fresh
  WHERE (SELECT count(*) FROM journaled) > 0
  ON CONFLICT (guild_id, subject) DO UPDATE SET karma = karma.karma + excluded.karma
  RETURNING subject, display, karma::text
),
outcome AS MATERIALIZED (
  SELECT
    adjusted.subject AS target,
    jsonb_build_object('amount', amount::text, 'karma', adjusted.karma) AS details,
    jsonb_build_object('total', jsonb_build_object('display', adjusted.display, 'karma', adjusted.karma)) AS answer
  FROM fresh CROSS JOIN adjusted
)`,
});

/**
 * Changes the karma of subjects as moderators ask, whatever the rules say: see `applyModeration`. It is a change like any other,
 * in the journal too, which nobody gave; it counts against no limit. `judge` is asked for the day that it is of.
 * @throws what applyModeration throws.
 */
export async function adjust(
  db: Database,
  requests: readonly Moderation<'adjust'>[],
  judge: Judge = countAll,
): Promise<Map<string, Applied<ModerationAnswers['adjust']>>> {
  return await applyModeration(db, 'adjust', ADJUST, requests, async (request) => {
    const { settings } = await readKnown(db, [], [request.guildId]);
    return { day: dayOf(request, judge, settings) };
  });
}

/** The day that an adjustment is of, by the judge, who knows the days of servers: that of a change which no member asks for. */
function dayOf(
  { subject, amount: delta, reason: _, ...envelope }: Moderation<'adjust'>,
  judge: Judge,
  settings: Parameters<Judge>[1],
): number {
  const change = {
    ...envelope,
    kind: 'change-karma',
    origin: { kind: 'operator', who: 'moderator' },
    changes: [{ ...subject, delta }],
  } as const;
  const { changes } = judge([{ ...change, changes: [...change.changes] }], settings).decide({
    givers: [],
    counters: [],
    pairs: [],
  });
  const day = changes.get(envelope.id)?.[0]?.day;
  if (day === undefined) throw new RangeError(`request ${envelope.id} has no day`);
  return day;
}
