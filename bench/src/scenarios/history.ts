import { openDatabase } from '@popple/db/client';
import { checkHistory } from '@popple/db/queries/check-history';
import type { CheckHistory } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import postgres from 'postgres';
import type { Bench } from '../bench';
import { latencyOf } from '../measure/percentiles';

const GUILD = '81384788765712384';
/** Who is asked about has some thousand changes, as the busiest members of a large server have. */
const GIVERS = 5_000;
const SUBJECTS = 2_000;
const PAGE = 10;
const MONTHS = 12;
/** The first looks read pages and make plans. */
const WARM_UP_SAMPLES = 20;

/** Fills a migrated database with changes of the last twelve months, one in ten with a reason and one in a thousand undone. */
async function fill(databaseUrl: string, rows: number): Promise<void> {
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { maintenance_work_mem: 524_288, synchronous_commit: 'off' } as never,
  });
  try {
    for (let ago = 1; ago <= MONTHS; ago += 1) {
      const [month] = await sql<{ name: string; begin: string; end: string }[]>`
        SELECT to_char(m, 'YYYY_MM') AS name, m::text || '+00' AS begin, (m + interval '1 month')::text || '+00' AS end
        FROM (SELECT date_trunc('month', now() AT TIME ZONE 'UTC') - ${ago} * interval '1 month' AS m) AS one`;
      if (month === undefined) throw new Error('there is no month');
      await sql.unsafe(
        `CREATE TABLE journal_months."${month.name}" PARTITION OF journal FOR VALUES FROM ('${month.begin}') TO ('${month.end}')`,
      );
    }
    await sql`
      INSERT INTO journal (day, at, request_id, place, guild_id, giver_id, nth, subject, delta, channel_id, reason)
      SELECT
        date_trunc('day', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', at, (1300000000000000000 + n)::text, 1,
        ${GUILD}::bigint, 300000000000000000 + (hashint8(n)::bigint & 2147483647) % ${GIVERS},
        NULL, 'subject ' || (hashint8(n + 1)::bigint & 2147483647) % ${SUBJECTS}, 1, 200000000000000000,
        CASE WHEN n % 10 = 0 THEN 'for the build of number ' || n END
      FROM
        generate_series(0, ${rows - 1}::bigint) AS n,
        LATERAL (SELECT now() - (${rows}::bigint - n) * (interval '365 days' / ${rows}::float8) AS at) AS time`;
    await sql`
      INSERT INTO undone SELECT request_id, guild_id, 'undo.' || request_id, at FROM journal WHERE request_id LIKE '%000'`;
    await sql`
      INSERT INTO karma SELECT ${GUILD}::bigint, 'subject ' || n, 'Subject ' || n, n FROM generate_series(0, ${SUBJECTS - 1}) AS n`;
    await sql`VACUUM (ANALYZE) journal`;
    await sql`VACUUM (ANALYZE) undone`;
    await sql`CHECKPOINT`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** What the pages of a history cost among very many changes: of a subject and of a giver, each time of another one. */
export async function history({ stage, sizes, begin, progress, results }: Bench): Promise<void> {
  await begin('history');
  const databaseUrl = await stage.lastingDatabase();
  progress.step(`${sizes.historyRows.toLocaleString('en')} changes are made`);
  await fill(databaseUrl, sizes.historyRows);
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-bench' });
  const ask = (request: Partial<CheckHistory>): CheckHistory => ({
    ...messageEnvelope({ guildId: GUILD, userId: '300000000000000000' }),
    kind: 'check-history',
    side: 'received',
    size: PAGE,
    ...request,
  });
  const received = (sample: number) => {
    const name = `subject ${(sample * 7) % SUBJECTS}`;
    return ask({ subject: { subject: name, display: name } });
  };
  const given = (sample: number) =>
    ask({ side: 'given', giverId: String(300_000_000_000_000_000n + BigInt((sample * 7) % GIVERS)) });
  const pageAfter = async (first: CheckHistory): Promise<CheckHistory> => {
    const page = (await checkHistory(database, [first])).get(first.id);
    return { ...first, before: page?.entries.at(-1) };
  };
  const pages = [
    { label: 'received, first page', requestOf: async (sample: number) => received(sample) },
    { label: 'received, second page', requestOf: (sample: number) => pageAfter(received(sample)) },
    { label: 'given, first page', requestOf: async (sample: number) => given(sample) },
    { label: 'given, second page', requestOf: (sample: number) => pageAfter(given(sample)) },
  ].map((page) => ({ ...page, tookMs: [] as number[] }));
  for (let sample = 0; sample < sizes.boardSamples + WARM_UP_SAMPLES; sample += 1) {
    // In turns, so that what else the machine does meets all of them.
    for (const { requestOf, tookMs } of pages) {
      const request = await requestOf(sample);
      const startedAtMs = performance.now();
      await checkHistory(database, [request]);
      if (sample >= WARM_UP_SAMPLES) tookMs.push(performance.now() - startedAtMs);
    }
  }
  await database.close();
  results.history = pages.map(({ label, tookMs }) => ({
    label,
    changes: sizes.historyRows,
    latency: latencyOf(tookMs),
  }));
}
