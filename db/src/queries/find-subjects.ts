import type { Database } from '../client';

/**
 * How many subjects of a server are read from end to end, those with the most karma, before the index for text anywhere is asked.
 * A server that has no more than these has no names in it.
 */
export const READ_SUBJECTS = 10_000;
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

/** The keys of members begin with `<@` and so stand together: names are on either side of them. */
const SIDES = [`subject < '<@'`, `subject >= '<A'`];

/** Names that begin with the text, from one side of the members. */
const beginningOn = (side: string) => `(
    SELECT subject FROM karma
    WHERE guild_id = $1::bigint AND ${side} AND subject >= $2::text AND subject < $2::text || chr(1114111)
    ORDER BY subject LIMIT $3::integer
  )`;

/**
 * Three steps, each only as far as the ones before left room. Names that begin with the text: a range of the primary key.
 * Names with the text elsewhere among the subjects with the most karma, by the index of the boards: what many names have is
 * found there at once, where an index would have to list all of them first. Then the index, for what few names of a large
 * server have.
 *
 * Whatever the statistics, the last step has one index that can serve it: it selects `display`, so that reading all of the
 * primary key in place of the other index is none of the choices.
 */
export const FIND_SUBJECTS = `
WITH beginning AS MATERIALIZED (
  SELECT subject FROM (${SIDES.map(beginningOn).join(' UNION ALL ')}) AS name
  LIMIT $3::integer
),
among_most AS MATERIALIZED (
  SELECT subject FROM (
    SELECT subject FROM karma WHERE guild_id = $1::bigint ORDER BY karma DESC, subject LIMIT ${READ_SUBJECTS}
  ) AS name
  WHERE strpos(subject, $2::text) > 1 AND subject NOT LIKE '<@%'
  LIMIT $3::integer - (SELECT count(*) FROM beginning)
),
elsewhere AS MATERIALIZED (
  SELECT subject, display FROM subject_name
  WHERE subject_name_grams(guild_id, subject) @> subject_name_grams($1::bigint, $2::text)
    AND strpos(subject, $2::text) > 1
    AND subject <> ALL (ARRAY(SELECT subject FROM among_most))
  LIMIT CASE WHEN length($2::text) < ${MIN_INDEXED_LENGTH} THEN 0
    ELSE $3::integer - (SELECT count(*) FROM beginning) - (SELECT count(*) FROM among_most)
  END
)
SELECT score.display
FROM (
  SELECT subject, 1 AS step FROM beginning
  UNION ALL SELECT subject, 2 FROM among_most
  UNION ALL SELECT subject, 2 FROM elsewhere
) AS found
CROSS JOIN LATERAL (
  SELECT display FROM karma
  WHERE guild_id = $1::bigint AND subject = found.subject COLLATE "C"
  LIMIT 1
) AS score
ORDER BY found.step, found.subject`;

/**
 * The subjects of a server, members aside, whose key has a text in it, each by the spelling first seen: those that begin
 * with it first, then those that have it elsewhere, each in order of their keys ("C"), `limit` at most. Text of one or two
 * characters is looked for in front of every name, and elsewhere only among the 10,000 subjects with the most karma; so is any
 * text until the names of a large server are in the index.
 * @throws what Postgres raises.
 */
export async function findSubjects(db: Database, { guildId, text, limit }: SubjectSearch): Promise<string[]> {
  const rows = await db.run(({ sql }) =>
    sql.unsafe<{ display: string }[]>(FIND_SUBJECTS, [guildId, text, limit], { prepare: true }),
  );
  return rows.map(({ display }) => display);
}
