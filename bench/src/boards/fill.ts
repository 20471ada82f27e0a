import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import postgres from 'postgres';
import { BUSY_SERVERS, guildId, NAMES_APART, NAMES_TOGETHER } from '../load/requests';

/** The server with few subjects: one that no other measurement uses. */
export const SMALL_GUILD = guildId(BUSY_SERVERS.guilds + 1);
/** The server with many. */
export const LARGE_GUILD = guildId(NAMES_TOGETHER.firstGuild);
export const SMALL_SUBJECTS = 1_000;
/** For each subject of the server with many, the servers with few have together: enough to lie on pages of their own. */
const APART_SHARE = 0.1;

/** Below every id that requests get: what was applied long ago. */
const FIRST_OLD_REQUEST = '1000000000000000';

interface Definition {
  drop: string;
  create: string;
}

/** How to take away and put back what slows down filling a table: its indexes, as the schema has them. */
async function indexesOf(sql: postgres.Sql, table: string): Promise<Definition[]> {
  return await sql<Definition[]>`
    SELECT
      format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS create
    FROM pg_constraint WHERE conrelid = ${table}::regclass AND contype = 'p'
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = ${table}::regclass AND NOT indisprimary`;
}

/** Fills a table while it has neither indexes nor triggers. */
export async function fill(sql: postgres.Sql, table: string, insert: () => Promise<unknown>): Promise<void> {
  const indexes = await indexesOf(sql, table);
  for (const { drop } of indexes) await sql.unsafe(drop);
  // Nothing that is filled here is looked for by its name.
  await sql.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await insert();
  await sql.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  for (const { create } of indexes) await sql.unsafe(create);
}

/**
 * Fills a migrated, empty database: a server with 1,000 subjects, one with `subjects`, and 1,000 servers that have a tenth of
 * that together. Karma is spread as it comes about, most of it near nothing. The ledger gets `rows` old entries. Afterwards
 * the database is as the schema has it, but without names to search.
 */
export async function fillDatabase(
  databaseUrl: string,
  subjects: number,
  rows: number,
  onStep: (what: string) => void,
): Promise<void> {
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { maintenance_work_mem: 524_288, synchronous_commit: 'off' } as never,
  });
  const karma = (firstGuild: string, guilds: number, count: number) => sql`
    INSERT INTO karma (guild_id, subject, display, karma)
    SELECT
      guild, 'subject ' || n, 'Subject ' || n,
      (power(hashint8(n)::float8 / 2147483648, 5) * 100000)::bigint
    FROM
      generate_series(${firstGuild}::bigint, ${firstGuild}::bigint + ${guilds - 1}) AS guild,
      generate_series(0, ${count - 1}::bigint) AS n`;
  try {
    onStep(`${subjects.toLocaleString('en')} subjects are made`);
    await fill(sql, 'karma', async () => {
      await karma(SMALL_GUILD, 1, SMALL_SUBJECTS);
      await karma(LARGE_GUILD, 1, subjects);
      const { firstGuild, guilds } = NAMES_APART;
      await karma(guildId(firstGuild), guilds, Math.floor((subjects * APART_SHARE) / guilds));
    });
    onStep(`${rows.toLocaleString('en')} ledger rows are made`);
    await fill(
      sql,
      'ledger',
      () => sql`
        INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
        SELECT
          (${FIRST_OLD_REQUEST}::bigint + n)::text, 'change-karma', ${LARGE_GUILD}::bigint, 200000000000000000,
          300000000000000000 + n % 5000, to_timestamp(${snowflakeTimeMs(FIRST_OLD_REQUEST)}::float8 / 1000) + n * interval '1 ms',
          '[{"delta": 1, "display": "Subject 12", "subject": "subject 12"}]',
          '{"totals": [{"karma": "12", "display": "Subject 12"}], "announce": true}'
        FROM generate_series(1, ${rows}::bigint) AS n`,
    );
    onStep('statistics are gathered and everything is written down');
    await sql`VACUUM (ANALYZE) karma`;
    await sql`VACUUM (ANALYZE) ledger`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
