/*
 * `bun run bench`: measures Popple beside the bare layers it stands on, in one run, so that the figures can be compared
 * with one another on whatever machine.
 */
import { cpus, release, totalmem, type } from 'node:os';
import { killRemainingChildren } from '@popple/embedded/child-process';
import { OperatorError } from '@popple/shared/process/operator-error';
import { type Arguments, readArguments, type ScenarioName, USAGE } from './arguments';
import type { Bench } from './bench';
import { median } from './measure/percentiles';
import { untilQuiet } from './measure/quiet';
import { Progress } from './progress';
import { keepResults, keptResults, saveResults } from './report/keep';
import { sections } from './report/tables';
import type { Results } from './results';
import { answers } from './scenarios/answers';
import { backlog } from './scenarios/backlog';
import { boards } from './scenarios/boards';
import { history } from './scenarios/history';
import { kills } from './scenarios/kills';
import { latency } from './scenarios/latency';
import { names } from './scenarios/names';
import { parser } from './scenarios/parser';
import { rates } from './scenarios/rates';
import { rules } from './scenarios/rules';
import { soak } from './scenarios/soak';
import { FULL, QUICK } from './sizes';
import { openStage, type Stage } from './stage/stage';

const MEASURE: Record<ScenarioName, (bench: Bench) => Promise<void>> = {
  rates,
  answers,
  backlog,
  latency,
  parser,
  boards,
  rules,
  names,
  history,
  kills,
};

/** How long each takes where it was written, in seconds, for the display of progress. */
const EXPECTED_S: Record<ScenarioName, [full: number, quick: number]> = {
  rates: [110, 25],
  answers: [15, 9],
  backlog: [20, 7],
  latency: [65, 22],
  parser: [18, 6],
  boards: [165, 22],
  rules: [220, 40],
  names: [90, 15],
  history: [400, 15],
  kills: [900, 120],
};

/** How long a patient run waits for others before each measurement. */
const QUIET_PATIENCE_MS = 60_000;

const print = (text: string) => process.stdout.write(text);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    await killRemainingChildren();
    process.exit(130);
  });
}

function emptyResults(stage: Stage, args: readonly string[]): Results {
  return {
    at: new Date().toISOString(),
    options: args.filter((arg) => arg !== '--keep'),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGib: totalmem() / 2 ** 30,
      platform: `${type()} ${release()}`,
    },
    versions: { ...stage.versions },
    layers: [],
    paths: [],
    loads: { svc: [], chat: [] },
    backlog: undefined,
    parser: [],
    boards: [],
    rules: [],
    growth: [],
    names: undefined,
    history: undefined,
    kills: [],
    memory: [],
    soak: undefined,
    deadlocks: 0,
  };
}

function expectedSeconds({ scenarios, isQuick, soakMinutes }: Arguments): number {
  const measured = scenarios.reduce((sum, name) => sum + EXPECTED_S[name][isQuick ? 1 : 0], 0);
  return measured + (soakMinutes ?? 0) * 60;
}

/** Half of the peak of chat to ledger: as kept from the last whole run, or measured now. */
async function soakRate(bench: Bench): Promise<number> {
  const chatPeak = ({ paths }: Results) => paths.find(({ name }) => name === 'chat-silent')?.rounds;
  const kept = keptResults();
  const known = kept && chatPeak(kept);
  if (known !== undefined) return median(known) / 2;
  await rates({ ...bench, sizes: QUICK });
  return median(chatPeak(bench.results) ?? []) / 2;
}

async function measure(wanted: Arguments, bench: Bench): Promise<void> {
  for (const name of wanted.scenarios) await MEASURE[name](bench);
  if (wanted.soakMinutes !== undefined) {
    await soak(bench, wanted.soakMinutes * 60, wanted.soakPerSecond ?? (await soakRate(bench)));
  }
  bench.results.deadlocks = await bench.stage.deadlocks();
}

/** A soak alone is added to what is kept; anything else takes its place. */
function toKeep(results: Results): Results {
  const kept = keptResults();
  if (kept === undefined) return results;
  return results.paths.length === 0 ? { ...kept, soak: results.soak } : { ...results, soak: kept.soak };
}

async function run(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted === undefined) {
    print(USAGE);
    return;
  }
  const progress = new Progress(print, process.stdout.isTTY === true, expectedSeconds(wanted));
  progress.step('starting NATS and Postgres');
  const stage = await openStage();
  const results = emptyResults(stage, args);
  try {
    const begin = async (what: string) => {
      progress.step(what);
      if (wanted.isPatient) await untilQuiet(QUIET_PATIENCE_MS);
    };
    await measure(wanted, { stage, sizes: wanted.isQuick ? QUICK : FULL, progress, begin, results });
  } finally {
    progress.done();
    await stage.stop();
  }
  for (const { title, text } of sections(results)) print(`\n${title}\n\n${text}\n`);
  const paths = wanted.keeps
    ? keepResults(toKeep(results))
    : saveResults(results, results.at.replace(/[:.]/g, '-'));
  print(`\nwritten: ${paths.join(', ')}\n`);
}

try {
  await run(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  const isMendable = error instanceof OperatorError;
  process.stderr.write(
    `\n${isMendable ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  await killRemainingChildren();
  process.exit(1);
}
