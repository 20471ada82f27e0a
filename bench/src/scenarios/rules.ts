import type { Bench } from '../bench';
import { fillJournal } from '../journal/fill';
import type { AppliedBy, PopulationName } from '../layers/layer';
import type { RulesCost } from '../results';
import { growth } from './growth';
import { measureLayer } from './rates';

const FEW_ROWS = 1_000;
/** A request may cost 1.3 times as much. */
const MIN_JOURNAL_RATIO = 1 / 1.3;

interface Case {
  label: string;
  population: PopulationName;
  workers: number;
  by: AppliedBy;
}

const CASES: readonly Case[] = [
  { label: 'changes of names', population: 'busy-servers', workers: 1, by: 'default' },
  { label: 'changes of members', population: 'busy-servers-of-members', workers: 1, by: 'default' },
  { label: '2 workers, changes of names', population: 'busy-servers', workers: 2, by: 'default' },
  {
    label: '2 workers, all changes by one member',
    population: 'one-giver',
    workers: 2,
    by: 'default-without-quota',
  },
];

/** Requests a second that workers apply together in a database that was empty. */
async function speedOf(
  { stage, sizes }: Bench,
  { population, workers }: Case,
  by: AppliedBy,
): Promise<number> {
  const databaseUrl = await stage.freshDatabase();
  const count = sizes.layerCount / workers;
  const speeds = await Promise.all(
    Array.from({ length: workers }, (_, worker) =>
      measureLayer({ layer: 'apply', count, databaseUrl, population, by, worker }),
    ),
  );
  return speeds.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

/** What the rules and the journal cost beside what applying cost before there were any, in turns; and among many rows. */
export async function rules(bench: Bench): Promise<void> {
  const { stage, sizes, progress, begin, results } = bench;
  const costs = CASES.map((one): RulesCost => ({ label: one.label, before: [], withRules: [] }));
  results.rules = costs;
  for (let round = 0; round < sizes.rounds; round += 1) {
    for (const [index, one] of CASES.entries()) {
      await begin(`rules: ${one.label}`);
      costs[index]?.before.push(await speedOf(bench, one, 'before-rules'));
      costs[index]?.withRules.push(await speedOf(bench, one, one.by));
    }
  }
  const rows = sizes.journalRows.toLocaleString('en');
  progress.step(`${rows} journal rows are made`);
  const [few, many] = [await stage.freshDatabase(), await stage.lastingDatabase()];
  await fillJournal(few, FEW_ROWS);
  await fillJournal(many, sizes.journalRows);
  await growth(bench, {
    label: `journal of ${FEW_ROWS.toLocaleString('en')} rows, then of ${rows} of one month`,
    little: { population: 'many-servers', databaseUrl: few },
    lot: { population: 'many-servers', databaseUrl: many },
    by: 'default',
    atLeast: MIN_JOURNAL_RATIO,
  });
}
