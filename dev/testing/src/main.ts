/*
 * `bun run test`: type check, lint, and every test of every workspace, on a machine that needs nothing but Bun. The last
 * line is the sum of it all.
 */
import { join } from 'node:path';
import { styleText } from 'node:util';
import { killRemainingChildren } from '@popple/embedded/child-process';
import { findNatsServer } from '@popple/embedded/nats-binary';
import { findNewerNatsServer } from '@popple/embedded/nats-newer';
import { newerNatsSuite } from './newer-nats-suite';
import { ownPostgres } from './own-postgres';
import { checks, runCheck, runTests, type StepResult } from './steps';
import { addCounts, describeCount } from './test-count';
import { testEnvironment } from './test-environment';

/** More than there are cores: most of the time is spent waiting for servers. */
const WORKERS = 4;

const root = join(import.meta.dir, '../../..');
const isTerminal = process.stdout.isTTY === true;
const print = (line: string) => void process.stdout.write(`${line}\n`);
const heading = (text: string) => print(`\n${styleText('bold', `── ${text} ──`)}`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    await killRemainingChildren();
    process.exit(130);
  });
}

async function check(): Promise<StepResult[]> {
  const results = await Promise.all(checks.map((one) => runCheck(root, one)));
  for (const { name, output, count, durationMs } of results) {
    heading(name);
    for (const line of output) print(line);
    const verdict = count.failed > 0 ? styleText('red', 'failed') : styleText('green', 'passed');
    print(`${verdict} in ${seconds(durationMs)}`);
  }
  return results;
}

async function runAll(): Promise<number> {
  heading('setting up');
  const nats = await findNatsServer({ report: print });
  print(`nats-server: ${nats}`);
  const postgres = await ownPostgres();
  print(`Postgres: port ${postgres.port}`);
  const checked = await check();
  const test = (
    step: { name: string; args: readonly string[]; workers: number },
    binary: string,
    onLine = print,
  ) =>
    runTests({
      ...step,
      root,
      env: testEnvironment(process.env, {
        POPPLE_TEST_POSTGRES_URL: postgres.url,
        NATS_SERVER_BIN: binary,
        ...(isTerminal && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {}),
      }),
      onLine,
    });
  const own = process.argv.slice(2);
  // Who runs a few tests chooses the server by NATS_SERVER_BIN.
  const newer = own.length === 0 ? await findNewerNatsServer(nats, { report: print }) : undefined;
  const isRunTwice = newer !== undefined && !('missing' in newer);
  // The second set beside the first: both wait for servers most of the time. Its lines follow when the first is through.
  const linesOfNewer: string[] = [];
  const onNewer = isRunTwice
    ? test({ name: `on NATS ${newer.version}`, args: newerNatsSuite, workers: 1 }, newer.binary, (line) => {
        linesOfNewer.push(line);
      })
    : undefined;
  heading('tests');
  const tested = [await test({ name: 'tests', args: own, workers: WORKERS }, nats)];
  if (newer !== undefined) {
    heading('tests on a newer nats-server');
    print(isRunTwice ? `nats-server: ${newer.binary}` : `skipped: ${newer.missing}`);
  }
  if (onNewer !== undefined) {
    tested.push(await onNewer);
    for (const line of linesOfNewer) print(line);
  }
  await postgres.stop();
  const results = [...checked, ...tested];
  heading('summary');
  for (const { name, durationMs, count } of results) {
    print(`${name.padEnd(22)}  ${seconds(durationMs).padStart(8)}  ${describeCount(count)}`);
  }
  const total = addCounts(results.map((result) => result.count));
  print(styleText(total.failed > 0 ? 'red' : 'green', describeCount(total)));
  return total.failed > 0 ? 1 : 0;
}

try {
  process.exit(await runAll());
} catch (error) {
  print(styleText('red', error instanceof Error ? error.message : String(error)));
  await killRemainingChildren();
  process.exit(1);
}
