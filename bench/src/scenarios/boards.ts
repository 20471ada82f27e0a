import { openDatabase } from '@popple/db/client';
import { checkBoard } from '@popple/db/queries/check-board';
import type { CheckBoard } from '@popple/shared/contract/request';
import type { Bench } from '../bench';
import { BIG_GUILD, fillDatabase, SMALL_GUILD, SMALL_SUBJECTS } from '../boards/fill';
import { latencyOf } from '../measure/percentiles';
import { measureLayer } from './rates';

const BOARD_SIZE = 10;
/** The first looks read pages and make plans. */
const WARM_UP_SAMPLES = 20;

interface Board {
  label: string;
  guildId: string;
  subjects: number;
  end: CheckBoard['end'];
  tookMs: number[];
}

function boardRequest({ guildId, end }: Board): CheckBoard {
  return {
    v: 1,
    id: '1',
    guildId,
    channelId: '1',
    userId: '1',
    kind: 'check-board',
    end,
    size: BOARD_SIZE,
  };
}

async function boardSpeeds({ sizes, begin, results }: Bench, databaseUrl: string): Promise<void> {
  await begin('boards of 10');
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-bench' });
  const boards: Board[] = (['top', 'bottom'] as const).flatMap((end) => [
    { label: `${end} of few`, guildId: SMALL_GUILD, subjects: SMALL_SUBJECTS, end, tookMs: [] },
    { label: `${end} of many`, guildId: BIG_GUILD, subjects: sizes.boardSubjects, end, tookMs: [] },
  ]);
  for (let sample = 0; sample < sizes.boardSamples + WARM_UP_SAMPLES; sample += 1) {
    // In turns, so that what else the machine does meets all of them.
    for (const board of boards) {
      const startedAtMs = performance.now();
      await checkBoard(database, [boardRequest(board)]);
      if (sample >= WARM_UP_SAMPLES) board.tookMs.push(performance.now() - startedAtMs);
    }
  }
  await database.close();
  results.boards = boards.map(({ label, subjects, tookMs }) => ({
    label,
    subjects,
    latency: latencyOf(tookMs),
  }));
}

async function growth({ stage, sizes, begin, results }: Bench, largeUrl: () => Promise<string>) {
  const count = sizes.growthCount;
  const populations = [
    { population: 'busy-town', label: 'many small servers' },
    { population: 'one-big-guild', label: 'one server, 100,000 names in use' },
  ] as const;
  const apply = async (databaseUrl: string, population: 'busy-town' | 'one-big-guild') =>
    (await measureLayer({ layer: 'apply', count, databaseUrl, population })).perSecond;
  await begin('applying to an empty database');
  const small: number[] = [];
  for (const { population } of populations) small.push(await apply(await stage.freshDatabase(), population));
  const url = await largeUrl();
  for (const [index, { population, label }] of populations.entries()) {
    await begin(`applying to a large database: ${label}`);
    results.growth.push({ label, small: small[index] ?? Number.NaN, large: await apply(url, population) });
  }
}

/** What boards and changes cost among very many subjects and ledger rows, beside what they cost among few. */
export async function boards(bench: Bench): Promise<void> {
  const { stage, sizes, progress } = bench;
  await growth(bench, async () => {
    const url = await stage.freshDatabase();
    await fillDatabase(url, sizes.boardSubjects, sizes.ledgerRows, (what) => progress.step(what));
    await boardSpeeds(bench, url);
    return url;
  });
}
