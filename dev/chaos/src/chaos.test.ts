import { expect, test } from 'bun:test';
import { CRASH_POINTS } from '@popple/shared/process/crash-point';
import { Timeline } from '@popple/testing/timeline';
import { QUICKLY } from './drain';
import { writeFailure } from './failure-folder';
import { shortPlan } from './plan';
import { SeededRandom } from './random';
import { formatReport, killCount } from './report';
import { runChaos } from './run';

const SEED = '20230109';
const PROCESSES = { workers: 2, bots: 2 };

/** Minutes, for a machine that is busy with other tests; the run itself takes less than one. */
const PATIENCE_MS = 300_000;

test(
  'killed at every point that matters, with people talking all the time, Popple is exact',
  async () => {
    const random = new SeededRandom(SEED);
    const timeline = new Timeline();
    const outcome = await runChaos({
      random,
      plan: shortPlan(random.fork('faults'), PROCESSES),
      ...PROCESSES,
      draining: QUICKLY,
      signal: AbortSignal.timeout(PATIENCE_MS),
      timeline,
    });
    if (outcome.findings.length > 0) {
      const folder = writeFailure(outcome, timeline, 'bun test dev/chaos/src/chaos.test.ts');
      throw new Error(`${formatReport(outcome)}\nDetails: ${folder}`);
    }
    const reached = outcome.crashes.filter((crash) => crash.reached).map(({ point }) => point);
    expect(reached.toSorted()).toEqual([...CRASH_POINTS].toSorted());
    expect(killCount(outcome)).toBeGreaterThanOrEqual(12);
    expect(outcome.redelivered).toBeGreaterThan(0);
    expect(outcome.evidence.messages.length).toBeGreaterThan(50);
  },
  PATIENCE_MS,
);
