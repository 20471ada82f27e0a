import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type Database, openDatabase } from '@popple/db/client';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { snowflakeAt } from '@popple/shared/contract/ids';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { silentLog } from '@popple/shared/observability/log';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { until } from '@popple/testing/until';
import { countersPruned, ledgerRowsPruned, pruningsFailed } from './metrics';
import { type PruneOptions, pruneLoop } from './prune-loop';

const DAY_MS = 86_400_000;
const PACE = { firstAfterMs: 0, betweenPiecesMs: 1, betweenLooksMs: 20, retry: { baseMs: 20, capMs: 20 } };

let own: TestDatabase;
let database: Database;
let stop: AbortController;
const running: Promise<void>[] = [];

beforeEach(async () => {
  own = await testDatabase();
  database = openDatabase({ url: own.url, maxConnections: 4, applicationName: 'popple-prune-test' });
  stop = new AbortController();
});

afterEach(async () => {
  await end();
  await database.close();
  await own.drop();
});

function start(options: Partial<PruneOptions> = {}): Promise<void> {
  const loop = pruneLoop(stop.signal, {
    database,
    log: silentLog(),
    retentionMs: 30 * DAY_MS,
    backfillMaxAgeMs: DAY_MS,
    streamMaxAgeMs: async () => 7 * DAY_MS,
    pace: PACE,
    ...options,
  });
  running.push(loop);
  return loop;
}

/** Applies `count` requests whose messages were written that long ago, each adding one to x. */
async function applied(count: number, ageMs: number): Promise<void> {
  const first = BigInt(snowflakeAt(Date.now() - ageMs));
  const requests = Array.from({ length: count }, (_, index): ChangeKarma => {
    const id = String(first + BigInt(index));
    const changes = [{ subject: 'x', display: 'x', delta: 1 }];
    return { ...messageEnvelope({ id }), kind: 'change-karma', changes };
  });
  await applyKarma(database, requests);
}

async function rows(): Promise<number> {
  const [row] = await database.sql<{ count: string }[]>`SELECT count(*) FROM ledger`;
  return Number(row?.count);
}

/** Ends the loops, so that what they have deleted they have also counted. */
async function end(): Promise<void> {
  stop.abort();
  await Promise.all(running.splice(0));
}

const countOf = async (counter: { get(): Promise<{ values: { value: number }[] }> }) =>
  (await counter.get()).values[0]?.value ?? 0;

describe('pruning', () => {
  test('forgets in pieces what is older than the retention, keeps the rest and all karma', async () => {
    await applied(25, 31 * DAY_MS);
    await applied(5, 30 * DAY_MS - 60_000);
    await applied(5, DAY_MS);
    const before = await countOf(ledgerRowsPruned);
    start({ pace: { ...PACE, pieceRows: 4 } });
    await until(async () => (await rows()) === 10);
    await Bun.sleep(100);
    await end();
    expect(await rows()).toBe(10);
    expect((await countOf(ledgerRowsPruned)) - before).toBe(25);
    const [karma] = await database.sql`SELECT karma FROM karma`;
    expect(karma?.karma).toBe('35');
  });

  test('one statement deletes one piece', async () => {
    await applied(25, 31 * DAY_MS);
    start({ pace: { ...PACE, pieceRows: 10, betweenPiecesMs: 60_000 } });
    await until(async () => (await rows()) < 25);
    expect(await rows()).toBe(15);
  });

  test('looks again later', async () => {
    start();
    await Bun.sleep(50);
    await applied(3, 31 * DAY_MS);
    await until(async () => (await rows()) === 0);
  });

  test('many workers share the work', async () => {
    await applied(500, 31 * DAY_MS);
    await applied(7, DAY_MS);
    const before = await countOf(ledgerRowsPruned);
    for (let worker = 0; worker < 4; worker += 1) start({ pace: { ...PACE, pieceRows: 10 } });
    await until(async () => (await rows()) === 7);
    await end();
    expect((await countOf(ledgerRowsPruned)) - before).toBe(500);
  });

  test('a failure is counted and tried again, and ends nobody', async () => {
    await applied(3, 31 * DAY_MS);
    await database.sql`ALTER TABLE ledger RENAME TO ledger_away`;
    const before = await countOf(pruningsFailed);
    start();
    await until(async () => (await countOf(pruningsFailed)) > before + 1);
    await database.sql`ALTER TABLE ledger_away RENAME TO ledger`;
    await until(async () => (await rows()) === 0);
  });

  test.each([9 * DAY_MS, Infinity])(
    'forgets nothing while the streams keep messages %d ms',
    async (keptMs) => {
      await applied(3, 31 * DAY_MS);
      let streamMaxAgeMs = keptMs;
      const before = await countOf(pruningsFailed);
      start({ retentionMs: 28 * DAY_MS, streamMaxAgeMs: async () => streamMaxAgeMs });
      await until(async () => (await countOf(pruningsFailed)) > before + 1);
      expect(await rows()).toBe(3);
      streamMaxAgeMs = 7 * DAY_MS;
      await until(async () => (await rows()) === 0);
    },
  );

  test('forgets counters two days later than the ledger, and nothing of late', async () => {
    await database.sql`
      INSERT INTO counter SELECT now() - make_interval(days => age), 1, 'server', '', 1, 50
      FROM unnest(ARRAY[0, 29, 31, 33, 34]) AS age`;
    const before = await countOf(countersPruned);
    start();
    await until(async () => (await countOf(countersPruned)) === before + 2);
    await end();
    const ages =
      await database.sql`SELECT extract(day FROM now() - period)::int AS age FROM counter ORDER BY age`;
    expect(ages.map(({ age }) => age)).toEqual([0, 29, 31]);
  });

  test('makes the partitions that the journal will need, although nothing may be forgotten', async () => {
    const months = () => database.sql`SELECT FROM pg_inherits WHERE inhparent = 'journal'::regclass`;
    const all = (await months()).length;
    const [last] = await database.sql<{ name: string }[]>`
      SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'journal_months'::regnamespace AND relkind = 'r' AND relname <> 'other'
      ORDER BY relname DESC LIMIT 1`;
    await database.sql.unsafe(`DROP TABLE journal_months."${last?.name}"`);
    start({ streamMaxAgeMs: async () => Infinity });
    await until(async () => (await months()).length === all);
  });

  /** Makes a month of 2020, and resolves to whether it is there. */
  async function oldMonth(): Promise<() => Promise<boolean>> {
    await database.sql`CREATE TABLE journal_months."2020_02" PARTITION OF journal
      FOR VALUES FROM ('2020-02-01T00:00:00Z') TO ('2020-03-01T00:00:00Z')`;
    return async () => {
      const rows = await database.sql`SELECT FROM pg_class WHERE relname = '2020_02'`;
      return rows.length === 1;
    };
  }

  test('drops the months of the journal that are older than its retention', async () => {
    const isThere = await oldMonth();
    start({ historyRetentionMs: 365 * DAY_MS });
    await until(async () => !(await isThere()));
    expect(await database.sql`SELECT FROM pg_class WHERE relname = 'other'`).toHaveLength(1);
  });

  test.each(['forever', 365 * DAY_MS] as const)(
    'keeps the journal %s while nothing may be forgotten, and all of it forever',
    async (historyRetentionMs) => {
      const isThere = await oldMonth();
      const loops = await countOf(pruningsFailed);
      await applied(1, 31 * DAY_MS);
      const keeps = historyRetentionMs === 'forever' ? 7 * DAY_MS : Infinity;
      start({ historyRetentionMs, streamMaxAgeMs: async () => keeps });
      await until(async () =>
        keeps === Infinity ? (await countOf(pruningsFailed)) > loops + 1 : (await rows()) === 0,
      );
      await end();
      expect(await isThere()).toBe(true);
    },
  );

  test('stops at the signal, also in the midst of pieces', async () => {
    await applied(100, 31 * DAY_MS);
    const loop = start({ pace: { ...PACE, pieceRows: 1, betweenPiecesMs: 60_000 } });
    await until(async () => (await rows()) < 100);
    stop.abort();
    await loop;
    expect(await rows()).toBe(99);
  });
});
