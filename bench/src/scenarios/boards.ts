import { openDatabase } from '@popple/db/client';
import { checkBoard } from '@popple/db/queries/check-board';
import type { CheckBoard } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import type { Bench } from '../bench';
import { fillDatabase, LARGE_GUILD, SMALL_GUILD, SMALL_SUBJECTS } from '../boards/fill';
import { latencyOf } from '../measure/percentiles';
import type { Sizes } from '../sizes';
import { type GrowthComparison, growth } from './growth';

const BOARD_SIZE = 10;
/** The first looks read pages and make plans. */
const WARM_UP_SAMPLES = 20;

/**
 * Not 1: a change of one point moves a subject to another page of a large server's index, which is seldom in the processor's
 * cache, and to the same page of a small one's.
 */
const MIN_GROWTH_RATIO = 0.7;

type Urls = Record<'small' | 'large', string>;

/** By no rules, so that requests of one server are not too many for it. */
const comparisons = ({ boardSubjects }: Sizes, { small, large }: Urls): GrowthComparison[] => [
  {
    label: `200 servers: alone, then beside ${boardSubjects.toLocaleString('en')} subjects and ledger rows`,
    little: { population: 'busy-servers', databaseUrl: small },
    lot: { population: 'busy-servers', databaseUrl: large },
    by: 'none',
    atLeast: MIN_GROWTH_RATIO,
  },
  {
    label: `5,000 names: of 1,000 small servers, then of one of ${boardSubjects.toLocaleString('en')}`,
    little: { population: 'names-apart', databaseUrl: large },
    lot: { population: 'names-together', databaseUrl: large },
    by: 'none',
    atLeast: MIN_GROWTH_RATIO,
  },
  {
    // Not promised: few names share pages that stay in the processor's cache, and their tree has two levels less.
    label: `5,000 names: of 5,000 in the database, then of ${boardSubjects.toLocaleString('en')}`,
    little: { population: 'names-together', databaseUrl: small },
    lot: { population: 'names-together', databaseUrl: large },
    by: 'none',
    atLeast: undefined,
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

/** What boards and changes cost among very many subjects and ledger rows, beside what they cost among few. */
export async function boards(bench: Bench): Promise<void> {
  const { stage, sizes, progress } = bench;
  const smallUrl = await stage.freshDatabase();
  const largeUrl = await stage.lastingDatabase();
  await fillDatabase(largeUrl, sizes.boardSubjects, sizes.ledgerRows, (what) => progress.step(what));
  await boardSpeeds(bench, largeUrl);
  for (const one of comparisons(sizes, { small: smallUrl, large: largeUrl })) await growth(bench, one);
}
