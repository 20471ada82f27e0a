import { openDatabase } from '@popple/db/client';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { findSubjects } from '@popple/db/queries/find-subjects';
import { QUERY_VERSION } from '@popple/shared/contract/query';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { ask } from '@popple/shared/messaging/ask';
import postgres from 'postgres';
import type { Bench } from '../bench';
import { startWorkers, stopParts } from '../drive/parts';
import { BUSY_SERVERS, changeRequests, take } from '../load/requests';
import { latencyOf, median } from '../measure/percentiles';
import { fillNames, NAMES_GUILD } from '../names/fill';
import type { NameSearch, Names } from '../results';

const LIMIT = 25;
const WARM_UP_SAMPLES = 20;
/** Requests that one statement applies, each with a subject that nobody has named before. */
const BATCH = 500;
const WARM_UP_BATCHES = 4;
const SEED = 13;

/** What is looked for, and where it is. */
const SEARCHES: readonly [label: string, text: string][] = [
  ['nothing typed', ''],
  ['begins many names', 'coffee'],
  ['in the middle of many', 'offee'],
  ['in the middle of one', 'ylopho'],
  ['one letter', 'q'],
  ['in no name', 'nothing like it'],
  ['two letters in no name', 'qq'],
  ['three letters of many, never together', 'zebra umbrella server'],
];

/** Asks in turns, so that what else the machine does meets all of them. */
async function searchesBy(
  path: string,
  samples: number,
  names: number,
  find: (text: string) => Promise<unknown>,
): Promise<NameSearch[]> {
  const searches = SEARCHES.map(([label, text]) => ({ label, text, tookMs: [] as number[] }));
  for (let sample = 0; sample < samples + WARM_UP_SAMPLES; sample += 1) {
    for (const { text, tookMs } of searches) {
      const startedAtMs = performance.now();
      await find(text);
      if (sample >= WARM_UP_SAMPLES) tookMs.push(performance.now() - startedAtMs);
    }
  }
  return searches.map(({ label, tookMs }) => ({ path, label, names, latency: latencyOf(tookMs) }));
}

/** How fast requests are applied that each name a new subject, with the names that can be searched and without. */
async function adding({ sizes }: Bench, databaseUrl: string): Promise<Names['adding']> {
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-bench' });
  const sql = postgres(databaseUrl, { max: 1 });
  const requests = changeRequests(BUSY_SERVERS, SEED);
  let made = 0;
  const withNewName = (request: ChangeKarma): ChangeKarma => {
    made += 1;
    const name = `${Bun.hash(String(made)).toString(36)} of monday`;
    return { ...request, guildId: NAMES_GUILD, changes: [{ subject: name, display: name, delta: 1 }] };
  };
  const apply = async (count: number) => {
    const batches = Array.from({ length: count }, () => take(requests, BATCH).map(withNewName));
    const startedAtMs = performance.now();
    for (const batch of batches) await applyKarma(database, batch);
    return (count * BATCH * 1_000) / (performance.now() - startedAtMs);
  };
  const batches = Math.ceil(sizes.growthCount / BATCH);
  const rounds: { withNames: number; without: number }[] = [];
  try {
    for (let round = 0; round < sizes.rounds; round += 1) {
      await sql`ALTER TABLE karma DISABLE TRIGGER USER`;
      await apply(WARM_UP_BATCHES);
      const without = await apply(batches);
      await sql`ALTER TABLE karma ENABLE TRIGGER USER`;
      await apply(WARM_UP_BATCHES);
      rounds.push({ without, withNames: await apply(batches) });
    }
  } finally {
    await sql.end({ timeout: 5 });
    await database.close();
  }
  return {
    withNames: median(rounds.map(({ withNames }) => withNames)),
    without: median(rounds.map(({ without }) => without)),
    ratio: median(rounds.map(({ withNames, without }) => withNames / without)),
  };
}

/** What finding subjects by their names costs among very many, in Postgres and through svc, and what keeping them findable. */
export async function names(bench: Bench): Promise<void> {
  const { stage, sizes, progress, begin, results } = bench;
  const databaseUrl = await stage.freshDatabase();
  progress.step(`${sizes.names.toLocaleString('en')} names are made`);
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { maintenance_work_mem: 524_288, synchronous_commit: 'off' } as never,
  });
  await fillNames(sql, sizes.names);
  await sql.end({ timeout: 5 });

  await begin('finding names in Postgres');
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-bench' });
  const search = (text: string) => ({ guildId: NAMES_GUILD, text, limit: LIMIT });
  const inPostgres = await searchesBy('Postgres', sizes.nameSamples, sizes.names, (text) =>
    findSubjects(database, search(text)),
  );
  await database.close();

  await begin('finding names through svc');
  await stage.freshStreams();
  const workers = await startWorkers(stage, databaseUrl, 1);
  const throughSvc = await searchesBy('NATS → svc', sizes.nameSamples, sizes.names, async (text) => {
    const query = { v: QUERY_VERSION, kind: 'find-subjects', ...search(text) } as const;
    const asked = await ask<'find-subjects'>(stage.connection, query, 10_000);
    if (!asked.ok) throw new Error(`${asked.reason}: ${asked.detail}`);
  });
  await stopParts(workers);

  await begin('adding names');
  results.names = { searches: [...inPostgres, ...throughSvc], adding: await adding(bench, databaseUrl) };
}
