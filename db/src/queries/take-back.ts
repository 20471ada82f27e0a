/** What came of an undo that was answered. */
export interface ToldUndo {
  /** The request that is undone since; left out where there was nothing to undo. */
  undoes?: string;
}

/** What members were told of an undo, by its id; undefined where it was never answered. */
export type ToldUndos = (id: string) => ToldUndo | undefined;

/** Nobody was told anything yet. */
export const NOTHING_TOLD: ToldUndos = () => undefined;

/**
 * The steps of a statement that take back all that requests changed, each request once. They come after a step `due`,
 * which has a row for each request that is to be taken back, none twice, and none that `undone` has:
 *
 * - `id`, `turn`, `at`, `guild_id`, `channel_id` of the request that takes it back; `turn` is its place in the batch;
 * - `undoes`, `giver_id`: the request that is taken back, and which member made it;
 * - `from_day`, `to_day`: the first and the last day of the journal that its changes may be of.
 *
 * One request may take back many. After these steps `taken` has the answer to each request that took something back:
 * `id`, `totals` (of each subject, after it) and `changes` (for the ledger: by how much each subject changed). The rows of one step
 * are counted by the next, so that they are locked in this order: what is undone, karma. Whatever comes after, such as the ledger,
 * is to count the rows of `upserted`.
 *
 * What is unique in `undone` lets one transaction only take a request back. Another that does so at the same moment waits for
 * it, and is refused (23505) with all of its statement: read again, it finds that the request is undone.
 */
export const TAKE_BACK = `
marked AS (
  INSERT INTO undone (request_id, guild_id, undone_by, at)
  SELECT undoes, guild_id, id, at FROM due ORDER BY undoes
  RETURNING request_id
),
reversal AS MATERIALIZED (
  SELECT
    due.id, due.at, due.guild_id, due.channel_id, due.undoes, due.giver_id, reversed.day, reversed.place, reversed.subject,
    -reversed.delta AS delta,
    -- What later requests of the batch add to the subject.
    coalesce(sum(-reversed.delta) OVER (
      PARTITION BY due.guild_id, reversed.subject ORDER BY due.turn DESC
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS later
  FROM due CROSS JOIN LATERAL (
    SELECT day, place, subject, delta FROM journal
    WHERE guild_id = due.guild_id AND giver_id = due.giver_id AND day >= due.from_day AND day <= due.to_day
      AND request_id = due.undoes AND journal.undoes IS NULL
    OFFSET 0
  ) AS reversed
  WHERE (SELECT count(*) FROM marked) >= 0
),
journaled AS (
  INSERT INTO journal (day, at, request_id, place, guild_id, giver_id, subject, delta, channel_id, undoes)
  SELECT day, at, id, place, guild_id, giver_id, subject, delta, channel_id, undoes FROM reversal
  RETURNING guild_id
),
upserted AS (
  INSERT INTO karma (guild_id, subject, display, karma)
  SELECT guild_id, subject, subject, sum(delta) FROM reversal
  WHERE (SELECT count(*) FROM journaled) >= 0
  GROUP BY guild_id, subject
  ORDER BY guild_id, subject
  ON CONFLICT (guild_id, subject) DO UPDATE SET karma = karma.karma + excluded.karma
  RETURNING guild_id, subject, display, karma
),
taken AS MATERIALIZED (
  SELECT
    id,
    jsonb_agg(
      jsonb_build_object('display', display, 'karma', (upserted.karma - net.later)::text) ORDER BY place
    ) AS totals,
    jsonb_agg(jsonb_build_object('subject', subject, 'delta', net.delta) ORDER BY place) AS changes
  FROM (
    SELECT id, guild_id, subject, later, sum(delta) AS delta, min(place) AS place
    FROM reversal
    GROUP BY id, guild_id, subject, later
  ) AS net JOIN upserted USING (guild_id, subject)
  GROUP BY id
)`;
