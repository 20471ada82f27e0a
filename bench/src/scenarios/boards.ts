import { openDatabase } from '@popple/db/client';
import { checkBoard } from '@popple/db/queries/check-board';
import type { CheckBoard } from '@popple/shared/contract/request';
import type { Bench } from '../bench';
import { fillDatabase, LARGE_GUILD, SMALL_GUILD, SMALL_SUBJECTS } from '../boards/fill';
import type { PopulationName } from '../layers/layer';
import { latencyOf, median } from '../measure/percentiles';
import { measureLayer } from './rates';

const BOARD_SIZE = 10;
/** The first looks read pages and make plans. */
const WARM_UP_SAMPLES = 20;

const GROWTH_ROUNDS = 3;

const GROWTH = [
  { population: 'busy-town', label: 'small servers beside a huge one' },
  { population: 'big-guild', label: 'the huge server, 5,000 names in use' },
  { population: 'big-guild-wide', label: 'the huge server, 100,000 names in use' },
] as const;

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
    { label: `${end} of many`, guildId: LARGE_GUILD, subjects: sizes.boardSubjects, end, tookMs: [] },
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

/**
 * Applies to a database with nothing in it but who is talked about, and to a large one, in turns. A first pass over each is
 * not counted: after a checkpoint Postgres writes every page it touches down in full once.
 */
async function growth({ sizes, begin, results }: Bench, smallUrl: string, largeUrl: string): Promise<void> {
  const count = sizes.growthCount;
  const apply = async (databaseUrl: string, population: PopulationName) =>
    (await measureLayer({ layer: 'apply', count, databaseUrl, population })).perSecond;
  for (const { population, label } of GROWTH) {
    await begin(`applying to a small and to a large database: ${label}`);
    await apply(smallUrl, population);
    await apply(largeUrl, population);
    const small: number[] = [];
    const large: number[] = [];
    for (let round = 0; round < GROWTH_ROUNDS; round += 1) {
      small.push(await apply(smallUrl, population));
      large.push(await apply(largeUrl, population));
    }
    const ratio = median(large.map((perSecond, round) => perSecond / (small[round] ?? Number.NaN)));
    results.growth.push({ label, small: median(small), large: median(large), ratio });
  }
}

/** What boards and changes cost among very many subjects and ledger rows, beside what they cost among few. */
export async function boards(bench: Bench): Promise<void> {
  const { stage, sizes, progress } = bench;
  const smallUrl = await stage.freshDatabase();
  const largeUrl = await stage.lastingDatabase();
  await fillDatabase(largeUrl, sizes.boardSubjects, sizes.ledgerRows, (what) => progress.step(what));
  await boardSpeeds(bench, largeUrl);
  await growth(bench, smallUrl, largeUrl);
}
