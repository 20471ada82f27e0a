import type { Database } from '../client';

/** How many names of a server are read from end to end before the index for text anywhere is asked. */
const READ_NAMES = 10_000;
/** The index knows a name by each three characters in a row. */
const MIN_INDEXED_LENGTH = 3;

/** Names to look for. */
export interface SubjectSearch {
  guildId: string;
  /** The key, or a part of it, that is looked for; nothing is in front of every name. */
  text: string;
  /** How many to find at most, from 1. */
  limit: number;
}

/**
 * Three steps, each only as far as the ones before left room. Names that begin with the text: a range of the primary key.
 * Names with the text elsewhere among the first of the server: what many names have is found there at once, where an
 * index would have to list all of them first. Then the index, for what few names have.
 *
 * Whatever the statistics, each step has one index that can serve it: the last step selects `display`, so that reading all of
 * the primary key in place of the other index is none of the choices.
 */
export const FIND_SUBJECTS = `
WITH beginning AS MATERIALIZED (
  SELECT subject FROM subject_name
  WHERE guild_id = $1::bigint AND subject >= $2::text AND subject < $2::text || chr(1114111)
  ORDER BY subject LIMIT $3::integer
),
among_first AS MATERIALIZED (
  SELECT subject FROM (
    SELECT subject FROM subject_name WHERE guild_id = $1::bigint ORDER BY subject LIMIT ${READ_NAMES}
  ) AS first
  WHERE strpos(subject, $2::text) > 1
  LIMIT $3::integer - (SELECT count(*) FROM beginning)
),
elsewhere AS MATERIALIZED (
  SELECT subject, display FROM subject_name
  WHERE subject_name_grams(guild_id, subject) @> subject_name_grams($1::bigint, $2::text)
    AND strpos(subject, $2::text) > 1
    AND subject <> ALL (ARRAY(SELECT subject FROM among_first))
  LIMIT CASE WHEN length($2::text) < ${MIN_INDEXED_LENGTH} THEN 0
    ELSE $3::integer - (SELECT count(*) FROM beginning) - (SELECT count(*) FROM among_first)
  END
)
SELECT name.display
FROM (
  SELECT subject, 1 AS step FROM beginning
  UNION ALL SELECT subject, 2 FROM among_first
  UNION ALL SELECT subject, 2 FROM elsewhere
) AS found
CROSS JOIN LATERAL (
  SELECT display FROM subject_name
  WHERE guild_id = $1::bigint AND subject = found.subject COLLATE "C"
  LIMIT 1
) AS name
ORDER BY found.step, found.subject`;

/**
 * The subjects of a server, members aside, whose key has a text in it, each by the spelling first seen: those that begin
 * with it first, then those that have it elsewhere, each in order of their keys ("C"), `limit` at most. Text of one or two
 * characters is looked for in front of every name, and elsewhere in the first 10,000 names of the server only.
 * @throws what Postgres raises.
 */
export async function findSubjects(db: Database, { guildId, text, limit }: SubjectSearch): Promise<string[]> {
  const rows = await db.run(({ sql }) =>
    sql.unsafe<{ display: string }[]>(FIND_SUBJECTS, [guildId, text, limit], { prepare: true }),
  );
  return rows.map(({ display }) => display);
}
