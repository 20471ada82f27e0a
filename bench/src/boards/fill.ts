import postgres from 'postgres';
import { BIG_GUILD, BUSY_TOWN, guildId } from '../load/requests';

/** The server with few subjects: one that no other measurement uses. */
export const SMALL_GUILD = guildId(BUSY_TOWN.guilds + 1);
/** The server with many. */
export const LARGE_GUILD = guildId(BIG_GUILD.firstGuild);
export const SMALL_SUBJECTS = 1_000;

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

async function fill(sql: postgres.Sql, table: string, insert: () => Promise<unknown>): Promise<void> {
  const indexes = await indexesOf(sql, table);
  for (const { drop } of indexes) await sql.unsafe(drop);
  await insert();
  for (const { create } of indexes) await sql.unsafe(create);
}

/**
 * Fills a migrated, empty database: a server with 1,000 subjects and one with `subjects`, whose karma is spread as it comes
 * about, most of them near nothing; and `rows` old entries in the ledger. Afterwards it is as the schema has it.
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
  const karma = (guild: string, count: number) => sql`
    INSERT INTO karma (guild_id, subject, display, karma)
    SELECT
      ${guild}::bigint, 'subject ' || n, 'Subject ' || n,
      (power(hashint8(n)::float8 / 2147483648, 5) * 100000)::bigint
    FROM generate_series(0, ${count - 1}::bigint) AS n`;
  try {
    onStep(`${subjects.toLocaleString('en')} subjects are made`);
    await fill(sql, 'karma', async () => {
      await karma(SMALL_GUILD, SMALL_SUBJECTS);
      await karma(LARGE_GUILD, subjects);
    });
    onStep(`${rows.toLocaleString('en')} ledger rows are made`);
    await fill(
      sql,
      'ledger',
      () => sql`
        INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, changes, answer)
        SELECT
          ${FIRST_OLD_REQUEST}::bigint + n, 'change-karma', ${LARGE_GUILD}::bigint, 200000000000000000, 300000000000000000 + n % 5000,
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
