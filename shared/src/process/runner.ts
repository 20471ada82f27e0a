import { ConfigurationError, readEnvironment, type Values, type Variables } from '../config/environment';
import { VARIABLES } from '../config/variables';
import { describeError, type Log, openLog } from '../observability/log';
import { helpText } from './help';
import { OperatorError } from './operator-error';
import { onStopSignals } from './stop-signals';

/** How long the cleanups may take together before the process leaves without them. */
const CLEANUP_DEADLINE_MS = 10_000;

type Cleanup = () => Promise<void> | void;

/** What every part reads beside its own variables. */
export const COMMON_VARIABLES = {
  HTTP_HOST: VARIABLES.HTTP_HOST,
  HTTP_PORT: VARIABLES.HTTP_PORT,
  LOG_LEVEL: VARIABLES.LOG_LEVEL,
};

/** How a part learns that it must stop, says that it cannot go on, and names what to undo at the end. */
export interface Runner {
  /** Aborted when the process has been asked to stop or has failed. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Registers what undoes a step; run in reverse order, once, however the process ends. */
  defer(what: string, cleanup: Cleanup): void;
  /** Ends the process with an error after the cleanups. The first reason wins. */
  fail(error: unknown): void;
}

export interface Part<V extends Variables> {
  /** The part's name in logs. */
  name: string;
  /** One sentence for `--help`. */
  about: string;
  variables: V;
  main(runner: Runner, config: Values<V & typeof COMMON_VARIABLES>): Promise<void>;
}

function readConfiguration<V extends Variables>(part: Part<V>): Values<V & typeof COMMON_VARIABLES> {
  try {
    return readEnvironment({ ...part.variables, ...COMMON_VARIABLES });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function cleanUp(
  cleanups: readonly [string, Cleanup][],
  onProblem: (problem: Error) => void,
): Promise<void> {
  for (const [what, cleanup] of cleanups.toReversed()) {
    try {
      await cleanup();
    } catch (error) {
      onProblem(new Error(`could not ${what}`, { cause: error }));
    }
  }
}

/**
 * Runs a part until it returns, fails, or the process gets SIGTERM or SIGINT; then undoes what was deferred, last
 * first, within 10 s, and exits: 0 after a signal or a return, 1 after a failure. A signal that comes 1 s or more after the first exits
 * at once.
 * With `--help` it only prints what the part is and which variables it reads.
 */
export async function run<V extends Variables>(part: Part<V>): Promise<never> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(helpText(part.about, { ...part.variables, ...COMMON_VARIABLES }));
    process.exit(0);
  }
  const config = readConfiguration(part);
  const log = openLog(part.name, (config as Values<typeof COMMON_VARIABLES>).LOG_LEVEL);
  const stop = new AbortController();
  const cleanups: [string, Cleanup][] = [];
  let failure: { error: unknown } | undefined;

  const fail = (error: unknown) => {
    failure ??= { error };
    stop.abort();
  };
  onStopSignals(['SIGTERM', 'SIGINT'], {
    first: (name) => {
      log.info(`received ${name}, draining`);
      stop.abort();
    },
    again: (name) => {
      log.fatal(`received ${name} again: exiting immediately; messages in hand are redelivered`);
      process.exit(1);
    },
  });
  // What nobody awaited is a bug, and going on after one could lose something.
  process.on('unhandledRejection', (error) => {
    // Closing a connection rejects what was still asked over it; that is part of stopping.
    if (!stop.signal.aborted) fail(error);
  });
  process.on('uncaughtException', fail);

  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const runner: Runner = {
    signal: stop.signal,
    log,
    defer: (what, cleanup) => {
      cleanups.push([what, cleanup]);
    },
    fail,
  };
  const work = part.main(runner, config).catch((error: unknown) => {
    // What breaks because the process is stopping is part of stopping.
    if (!stop.signal.aborted) fail(error);
  });
  await Promise.race([work, stopped]);
  if (failure) explain(log, failure.error);

  setTimeout(() => {
    log.fatal(
      `not drained after ${CLEANUP_DEADLINE_MS / 1_000} s: exiting; messages in hand are redelivered`,
    );
    process.exit(1);
  }, CLEANUP_DEADLINE_MS);
  stop.abort();
  await cleanUp(cleanups, (problem) => {
    log.error(describeError(problem));
    failure ??= { error: problem };
  });
  log.info('stopped');
  process.exit(failure ? 1 : 0);
}

function explain(log: Log, error: unknown): void {
  // A stack would only hide a sentence that says what to fix.
  if (error instanceof OperatorError) log.fatal(describeError(error));
  else log.fatal({ err: error }, describeError(error));
}
