import { plainArray, textArray } from '../array-literal';
import type { Database } from '../client';
import type { Counted, LastChange, Wanted } from '../judging';

/**
 * Takes days of givers, counters and pairs, as arrays; a row says which of them it is about by its place. The LIMITs keep the
 * planner from joining by another way than one look into the index for each.
 */
export const READ_COUNTED = `
SELECT 'giver' AS what, wanted.place - 1 AS place, found.nth AS number, NULL AS id, NULL::float8 AS at
FROM unnest($1::text::float8[], $2::text::bigint[], $3::text::bigint[])
  WITH ORDINALITY AS wanted (day, guild_id, giver_id, place)
CROSS JOIN LATERAL (
  SELECT nth FROM journal
  WHERE guild_id = wanted.guild_id AND giver_id = wanted.giver_id AND day = to_timestamp(wanted.day / 1000)
    AND nth IS NOT NULL
  ORDER BY nth DESC
  LIMIT 1
) AS found
UNION ALL
SELECT 'counter', wanted.place - 1, found.count, NULL, NULL
FROM unnest($4::text::float8[], $5::text::bigint[], $6::text::text[], $7::text::text[])
  WITH ORDINALITY AS wanted (period, guild_id, scope, key, place)
CROSS JOIN LATERAL (
  SELECT count FROM counter
  WHERE period = to_timestamp(wanted.period / 1000) AND guild_id = wanted.guild_id
    AND scope = wanted.scope COLLATE "C" AND key = wanted.key COLLATE "C"
  LIMIT 1
) AS found
UNION ALL
SELECT 'pair', wanted.place - 1, found.version, found.request_id, extract(epoch FROM found.at)::float8 * 1000
FROM unnest($8::text::bigint[], $9::text::bigint[], $10::text::text[])
  WITH ORDINALITY AS wanted (guild_id, giver_id, subject, place)
CROSS JOIN LATERAL (
  SELECT at, request_id, version FROM cooldown
  WHERE guild_id = wanted.guild_id AND giver_id = wanted.giver_id AND subject = wanted.subject COLLATE "C"
  LIMIT 1
) AS found`;

/** The parameters of READ_COUNTED. */
export function wantedParameters({ givers, counters, pairs }: Wanted): string[] {
  return [
    plainArray(givers.map(({ day }) => day)),
    plainArray(givers.map(({ guildId }) => guildId)),
    plainArray(givers.map(({ giverId }) => giverId)),
    plainArray(counters.map(({ period }) => period)),
    plainArray(counters.map(({ guildId }) => guildId)),
    textArray(counters.map(({ scope }) => scope)),
    textArray(counters.map(({ key }) => key)),
    plainArray(pairs.map(({ guildId }) => guildId)),
    plainArray(pairs.map(({ giverId }) => giverId)),
    textArray(pairs.map(({ subject }) => subject)),
  ];
}

interface Row {
  what: 'giver' | 'counter' | 'pair';
  place: string;
  number: number;
  id: string | null;
  at: number | null;
}

/**
 * Reads what was counted, at one moment. A counter that is not there is 0. Changes nothing.
 * @throws what Postgres raises.
 */
export async function readCounted(db: Database, wanted: Wanted): Promise<Counted> {
  const givers: number[] = wanted.givers.map(() => 0);
  const counters: number[] = wanted.counters.map(() => 0);
  const pairs: (LastChange | undefined)[] = wanted.pairs.map(() => undefined);
  if (givers.length + counters.length + pairs.length === 0) return { givers, counters, pairs };
  const rows = await db.run(({ sql }) =>
    sql.unsafe<Row[]>(READ_COUNTED, wantedParameters(wanted), { prepare: true }),
  );
  for (const { what, place, number, id, at } of rows) {
    if (what === 'giver') givers[Number(place)] = number;
    else if (what === 'counter') counters[Number(place)] = number;
    else pairs[Number(place)] = { at: Math.round(at ?? 0), id: id ?? '', version: number };
  }
  return { givers, counters, pairs };
}
