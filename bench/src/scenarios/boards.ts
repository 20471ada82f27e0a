import { openDatabase } from '@popple/db/client';
import { checkBoard } from '@popple/db/queries/check-board';
import type { CheckBoard } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import type { Bench } from '../bench';
import { fillDatabase, LARGE_GUILD, SMALL_GUILD, SMALL_SUBJECTS } from '../boards/fill';
import { pagesLookedAt } from '../boards/pages';
import type { PopulationName } from '../layers/layer';
import { latencyOf, median } from '../measure/percentiles';
import type { Applying, Growth } from '../results';
import type { Sizes } from '../sizes';
import { measureLayer } from './rates';

const BOARD_SIZE = 10;
/** The first looks read pages and make plans. */
const WARM_UP_SAMPLES = 20;

/**
 * Not counted: a page that is touched for the first time after a checkpoint is written to the log in full, and pages just
 * filled to the brim are split. Both pass, faster in few pages than in many.
 */
const GROWTH_WARM_UP_ROUNDS = 3;
const GROWTH_ROUNDS = 5;

interface GrowthCase {
  population: PopulationName;
  database: 'small' | 'large';
}

interface GrowthComparison extends Pick<Growth, 'label' | 'isPromised'> {
  little: GrowthCase;
  lot: GrowthCase;
}

const comparisons = ({ boardSubjects }: Sizes): GrowthComparison[] => [
  {
    label: `200 servers: alone, then beside ${boardSubjects.toLocaleString('en')} subjects and ledger rows`,
    little: { population: 'busy-town', database: 'small' },
    lot: { population: 'busy-town', database: 'large' },
    isPromised: true,
  },
  {
    label: `5,000 names: of 1,000 small servers, then of one of ${boardSubjects.toLocaleString('en')}`,
    little: { population: 'names-apart', database: 'large' },
    lot: { population: 'names-together', database: 'large' },
    isPromised: true,
  },
  {
    // Not promised: few names share pages that stay in the processor's cache, and their tree has two levels less.
    label: `5,000 names: of 5,000 in the database, then of ${boardSubjects.toLocaleString('en')}`,
    little: { population: 'names-together', database: 'small' },
    lot: { population: 'names-together', database: 'large' },
    isPromised: false,
  },
];

interface Board {
  label: string;
  guildId: string;
  subjects: number;
  end: CheckBoard['end'];
  tookMs: number[];
}

function boardRequest({ guildId, end }: Board): CheckBoard {
  return { ...messageEnvelope({ id: '1', guildId }), kind: 'check-board', end, size: BOARD_SIZE };
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

/** Applies among little and among a lot, in turns. */
async function growth(
  { sizes, begin, results }: Bench,
  urls: { small: string; large: string },
): Promise<void> {
  const count = sizes.growthCount;
  const apply = async ({ population, database }: GrowthCase): Promise<Applying> => {
    const databaseUrl = urls[database];
    const before = await pagesLookedAt(databaseUrl);
    const { perSecond } = await measureLayer({ layer: 'apply', count, databaseUrl, population });
    return { perSecond, pages: ((await pagesLookedAt(databaseUrl)) - before) / count };
  };
  for (const { label, little, lot, isPromised } of comparisons(sizes)) {
    await begin(`applying: ${label}`);
    const rounds: { little: Applying; lot: Applying }[] = [];
    for (let round = -GROWTH_WARM_UP_ROUNDS; round < GROWTH_ROUNDS; round += 1) {
      const measured = { little: await apply(little), lot: await apply(lot) };
      if (round >= 0) rounds.push(measured);
    }
    const medians = (which: 'little' | 'lot'): Applying => ({
      perSecond: median(rounds.map((round) => round[which].perSecond)),
      pages: median(rounds.map((round) => round[which].pages)),
    });
    results.growth.push({
      label,
      little: medians('little'),
      lot: medians('lot'),
      ratio: median(rounds.map((round) => round.lot.perSecond / round.little.perSecond)),
      isPromised,
    });
  }
}

/** What boards and changes cost among very many subjects and ledger rows, beside what they cost among few. */
export async function boards(bench: Bench): Promise<void> {
  const { stage, sizes, progress } = bench;
  const smallUrl = await stage.freshDatabase();
  const largeUrl = await stage.lastingDatabase();
  await fillDatabase(largeUrl, sizes.boardSubjects, sizes.ledgerRows, (what) => progress.step(what));
  await boardSpeeds(bench, largeUrl);
  await growth(bench, { small: smallUrl, large: largeUrl });
}
