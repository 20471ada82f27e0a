import type { Bench } from '../bench';
import { pagesLookedAt } from '../boards/pages';
import type { AppliedBy, PopulationName } from '../layers/layer';
import { median } from '../measure/percentiles';
import type { Applying, Growth } from '../results';
import { measureLayer } from './rates';

/**
 * Not counted: a page that is touched for the first time after a checkpoint is written to the log in full, and pages just
 * filled to the brim are split. Both pass, faster in few pages than in many.
 */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 5;

export interface GrowthCase {
  population: PopulationName;
  databaseUrl: string;
}

export interface GrowthComparison extends Pick<Growth, 'label' | 'atLeast'> {
  little: GrowthCase;
  lot: GrowthCase;
  by: AppliedBy;
}

/** Applies among little and among a lot, in turns. */
export async function growth({ sizes, begin, results }: Bench, comparison: GrowthComparison): Promise<void> {
  const { label, atLeast, little, lot, by } = comparison;
  const count = sizes.growthCount;
  const apply = async ({ population, databaseUrl }: GrowthCase): Promise<Applying> => {
    const before = await pagesLookedAt(databaseUrl);
    const { perSecond } = await measureLayer({ layer: 'apply', count, databaseUrl, population, by });
    return { perSecond, pages: ((await pagesLookedAt(databaseUrl)) - before) / count };
  };
  await begin(`applying: ${label}`);
  const rounds: { little: Applying; lot: Applying }[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
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
    atLeast,
  });
}
