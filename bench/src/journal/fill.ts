import postgres from 'postgres';
import { fill } from '../boards/fill';
import { guildId, MANY_SERVERS } from '../load/requests';

const GIVERS = 5_000;

/**
 * Fills the journal of a migrated database with `rows` changes, spread over the whole of this month and over the servers and
 * names that requests are about, the oldest first. Up to 10 million: nobody gave twice in a server.
 */
export async function fillJournal(databaseUrl: string, rows: number): Promise<void> {
  const { firstGuild, guilds, subjectsPerGuild } = MANY_SERVERS;
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { maintenance_work_mem: 524_288, synchronous_commit: 'off' } as never,
  });
  try {
    const [month] = await sql<{ name: string; begin: string; end: string }[]>`
      SELECT
        format('journal_months.%I', to_char(m, 'YYYY_MM')) AS name, m::text || '+00' AS begin,
        (m + interval '1 month')::text || '+00' AS end
      FROM date_trunc('month', now() AT TIME ZONE 'UTC') AS m`;
    if (month === undefined) throw new Error('there is no month');
    const { name, begin, end } = month;
    // Apart from the journal its indexes can be taken away and put back.
    await sql.unsafe(`ALTER TABLE journal DETACH PARTITION ${name}`);
    await fill(sql, name, () =>
      sql.unsafe(`
        INSERT INTO ${name} (day, at, request_id, place, guild_id, giver_id, nth, subject, delta, channel_id)
        SELECT
          date_trunc('day', at, 'UTC'), at, (1300000000000000000 + n)::text, 1,
          ${guildId(firstGuild)}::bigint + n % ${guilds}, 300000000000000000 + n / ${guilds} * 7919 % ${GIVERS}, 1,
          'subject ' || (hashint8(n)::bigint & 2147483647) % ${subjectsPerGuild}, 1, 200000000000000000
        FROM
          generate_series(0, ${rows - 1}::bigint) AS n,
          LATERAL (
            SELECT '${begin}'::timestamptz + n * (('${end}'::timestamptz - '${begin}'::timestamptz) / ${rows}) AS at
          ) AS time`),
    );
    await sql.unsafe(
      `ALTER TABLE journal ATTACH PARTITION ${name} FOR VALUES FROM ('${begin}') TO ('${end}')`,
    );
    await sql`VACUUM (ANALYZE) journal`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
