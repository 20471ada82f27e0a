import type postgres from 'postgres';
import { guildId } from '../load/requests';

/** The server with many names: one that no other measurement uses. */
export const NAMES_GUILD = guildId(900_001);
/** Servers that have as many together. */
const OTHERS_FIRST_GUILD = guildId(910_000);
const OTHERS = 1_000;

/** Of these a name has two, and five digits of a hash: as many different ones as a large server, and as much in common. */
const WORDS =
  'alpha bakery build cactus coffee deploy dragon engine friday garden gizmo harbor island jacket kitchen lemon ' +
  'market needle office parser pizza python quartz release river server sprint tiger tooling umbrella violet ' +
  'weather window yogurt zebra meeting monday printer router standup';

/** What is in one name of the server only, nowhere near its beginning, and last in the order of names. */
export const RARE_NAME = 'zzz the xylophone';

/**
 * Fills a migrated, empty database with a server of `count` names, and as many in 1,000 others, and gathers statistics.
 * Afterwards the database is as the schema has it; the index is made at once, which takes a tenth of the time.
 */
export async function fillNames(sql: postgres.Sql, count: number): Promise<void> {
  const words = WORDS.split(' ');
  const insert = (firstGuild: string, guilds: number, each: number) => sql`
    INSERT INTO karma (guild_id, subject, display, karma)
    SELECT guild, name, initcap(name), (power(hashint8(n)::float8 / 2147483648, 5) * 100000)::bigint
    FROM
      generate_series(${firstGuild}::bigint, ${firstGuild}::bigint + ${guilds - 1}) AS guild,
      generate_series(1, ${each}::bigint) AS n,
      LATERAL (SELECT (${sql.json(words)}::jsonb ->> (n % ${words.length})::integer) || ' ' ||
        (${sql.json(words)}::jsonb ->> (n * 7 / 3 % ${words.length})::integer) || ' ' || substr(md5(n::text), 1, 5) AS name
      ) AS made
    ON CONFLICT DO NOTHING`;
  await sql`ALTER TABLE karma DISABLE TRIGGER USER`;
  await insert(NAMES_GUILD, 1, count);
  await insert(OTHERS_FIRST_GUILD, OTHERS, Math.ceil(count / OTHERS));
  await sql`INSERT INTO karma VALUES (${NAMES_GUILD}, ${RARE_NAME}, ${RARE_NAME}, 0)`;
  await sql`ALTER TABLE karma ENABLE TRIGGER USER`;
  const [index] = await sql<{ create: string }[]>`
    SELECT pg_get_indexdef('subject_name_grams'::regclass) AS create`;
  await sql`DROP INDEX subject_name_grams`;
  await sql`INSERT INTO subject_name SELECT guild_id, subject, display FROM karma`;
  await sql.unsafe(index?.create ?? '');
  await sql`INSERT INTO name_index SELECT DISTINCT guild_id, true FROM subject_name`;
  await sql`VACUUM (ANALYZE) karma`;
  await sql`VACUUM (ANALYZE) subject_name`;
  await sql`CHECKPOINT`;
}
