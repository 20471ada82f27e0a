import type { Database } from '../client';
import { READ_SUBJECTS } from './find-subjects';

/** Names that one statement enters: far fewer than the shortest limit of a statement allows. */
const NAMES_AT_ONCE = 1_000;

/**
 * Whether a server has more subjects than a search reads from end to end, and its names are not all in the index yet.
 * @throws what Postgres raises.
 */
export async function needsNameIndex(db: Database, guildId: string): Promise<boolean> {
  const [row] = await db.run(
    ({ sql }) => sql<{ needs: boolean }[]>`
      SELECT EXISTS (
        SELECT FROM karma WHERE guild_id = ${guildId}::bigint ORDER BY subject OFFSET ${READ_SUBJECTS}::integer LIMIT 1
      ) AND NOT EXISTS (
        SELECT FROM name_index WHERE guild_id = ${guildId}::bigint AND is_complete
      ) AS needs`,
  );
  return row?.needs ?? false;
}

/**
 * From its commit on, statements that begin add the names of a server to the index; those that have begun before do not.
 * @throws what Postgres raises.
 */
export async function beginNameIndex(db: Database, guildId: string): Promise<void> {
  await db.run(
    ({ sql }) => sql`INSERT INTO name_index (guild_id) VALUES (${guildId}::bigint) ON CONFLICT DO NOTHING`,
  );
}

const INDEX_NAMES = `
WITH chunk AS MATERIALIZED (
  SELECT subject, display FROM karma
  WHERE guild_id = $1::bigint AND subject > $2::text
  ORDER BY subject LIMIT ${NAMES_AT_ONCE}
),
added AS (
  INSERT INTO subject_name (guild_id, subject, display)
  SELECT $1::bigint, subject, display FROM chunk WHERE subject NOT LIKE '<@%' ORDER BY subject
  ON CONFLICT DO NOTHING
)
SELECT max(subject) AS last FROM chunk`;

/**
 * Enters the next 1,000 subjects of a server after `after` (a key; empty for the first), members aside, and resolves to the
 * last of them; to undefined when there was none left. May be repeated, also by several workers at once.
 * @throws what Postgres raises.
 */
export async function indexNames(db: Database, guildId: string, after: string): Promise<string | undefined> {
  const [row] = await db.run(({ sql }) =>
    sql.unsafe<{ last: string | null }[]>(INDEX_NAMES, [guildId, after], { prepare: true }),
  );
  return row?.last ?? undefined;
}

/**
 * Notes that every name of a server is in the index.
 * @throws what Postgres raises.
 */
export async function endNameIndex(db: Database, guildId: string): Promise<void> {
  await db.run(
    ({ sql }) => sql`UPDATE name_index SET is_complete = true WHERE guild_id = ${guildId}::bigint`,
  );
}
