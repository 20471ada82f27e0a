import { UsageError } from '@popple/shared/operator/command-line';
import { onStopSignals } from '@popple/shared/process/stop-signals';
import { formatHappening, Timeline } from '@popple/testing/timeline';
import { THOROUGHLY } from './drain';
import { writeFailure } from './failure-folder';
import { type ChaosFlags, helpText, parseFlags, rerunCommand } from './options';
import { planFaults } from './plan';
import { SeededRandom } from './random';
import { formatReport } from './report';
import { runChaos } from './run';

const MS_PER_MINUTE = 60_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readFlags(): ChaosFlags {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function run(flags: ChaosFlags, signal: AbortSignal): Promise<number> {
  const { kills, minutes, workers, bots, replicas, sparesGateway } = flags;
  const rerun = rerunCommand(flags);
  say(`Chaos from seed ${flags.seed} (${rerun})\n`);
  const random = new SeededRandom(flags.seed);
  const timeline = new Timeline((happening) => say(formatHappening(happening)));
  const outcome = await runChaos({
    random,
    plan: planFaults(random.fork('faults'), { workers, bots, sparesGateway }),
    workers,
    bots,
    replicas,
    maxKills: kills,
    draining: THOROUGHLY,
    maxMs: minutes * MS_PER_MINUTE,
    signal,
    timeline,
  });
  say(`\n${formatReport(outcome)}`);
  if (outcome.findings.length === 0) return 0;
  say(`Details: ${writeFailure(outcome, timeline, rerun)}\nAgain:   ${rerun}`);
  return 1;
}

const flags = readFlags();
if (flags.help) {
  say(helpText);
  process.exit(0);
}
const interruption = new AbortController();
onStopSignals(['SIGINT', 'SIGTERM'], {
  first: (name) => {
    say(`\n${name}: stopping; again to exit at once`);
    interruption.abort();
  },
  again: () => process.exit(130),
});
try {
  process.exit(await run(flags, interruption.signal));
} catch (error) {
  if (interruption.signal.aborted) process.exit(130);
  process.stderr.write(`The run failed, seed ${flags.seed}: ${error}\n`);
  if (error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}
