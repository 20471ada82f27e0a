import { constants } from 'node:os';
import {
  ConfigurationError,
  readEnvironment,
  type Values,
  type Variables,
} from '@popple/shared/config/environment';
import { describeError, type Log } from '@popple/shared/observability/log';
import { UsageError } from '@popple/shared/operator/command-line';
import { helpText } from '@popple/shared/process/help';
import { OperatorError } from '@popple/shared/process/operator-error';
import { onStopSignals } from '@popple/shared/process/stop-signals';
import { NatsError } from 'nats';
import { describeNatsError } from './nats-error';
import { terminalLog } from './terminal-log';

/** How a tool ends. A signal gives 128 and its number, as in a shell. */
export const EXIT = { done: 0, failed: 1, usage: 2, incomplete: 3 } as const;

/** How long the cleanups may take together. */
const CLEANUP_DEADLINE_MS = 10_000;

/** What a tool works with. */
export interface ToolRun {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Warnings of what the parts share, said to the person. */
  readonly log: Log;
  /** Says something to the person, on stderr; a tool with a progress bar on the same terminal puts itself here. */
  say: (line: string) => void;
  /** Writes what was asked for, to stdout, for a person: nothing with `--json`. */
  print(text: string): void;
  /** Writes what was asked for, to stdout, for a program: one line of JSON with `--json`, else nothing. Call it once. */
  answer(value: unknown): void;
  /** Registers what undoes a step; run in reverse order, once, however the tool ends. */
  defer(cleanup: () => Promise<unknown> | unknown): void;
}

/** A command line program for operators. */
export interface Tool<Arguments, V extends Variables> {
  /** What it is and how it is used, for `--help`. */
  help: string;
  variables: V;
  /** Reads the command line. Throws UsageError. */
  parse(args: readonly string[]): Arguments;
  /** Does it and returns the exit code. What it throws after the signal is part of stopping. */
  main(run: ToolRun, args: Arguments, config: Values<V>): Promise<number>;
}

const isJson = (argument: string) => argument === '--json';
const isHelp = (argument: string) => argument === '--help' || argument === '-h';

/** Resolves when the reader has taken the text, or never: an empty write after it would not wait for its turn in Bun. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

/** What to tell the person about a failure; a bug also shows where it is. */
function account(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof UsageError) return error.message;
  if (error instanceof OperatorError) return describeError(error);
  if (error instanceof NatsError) return `NATS: ${describeNatsError(error)}`;
  if (error instanceof Error && 'code' in error) return describeError(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function execute<A, V extends Variables>(
  tool: Tool<A, V>,
  run: ToolRun,
  words: readonly string[],
): Promise<number> {
  try {
    const args = tool.parse(words.filter((word) => !isJson(word)));
    return await tool.main(run, args, readEnvironment(tool.variables));
  } catch (error) {
    if (run.signal.aborted) return EXIT.failed;
    run.say(account(error));
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/**
 * Runs a tool and exits: with what it returns, 1 when it failed, 2 when the command line is wrong, 130 or 143 after Ctrl-C
 * or SIGTERM (another one after a second exits at once). `--help` prints what the tool is and which variables it reads.
 * Every tool has `--json`: see ToolRun.answer.
 */
export async function runTool<A, V extends Variables>(tool: Tool<A, V>): Promise<never> {
  const words = process.argv.slice(2);
  const json = words.some(isJson);
  if (words.some(isHelp)) {
    await write(helpText(tool.help, tool.variables));
    process.exit(EXIT.done);
  }
  // The reader of a pipe may leave before the end, as `head` does.
  process.stdout.on('error', () => process.exit(EXIT.failed));
  const stop = new AbortController();
  let signalCode: number | undefined;
  onStopSignals(['SIGINT', 'SIGTERM'], {
    first: (name) => {
      signalCode = 128 + constants.signals[name];
      stop.abort();
    },
    again: (name) => process.exit(128 + constants.signals[name]),
  });
  // Closing a connection rejects what was still asked over it.
  process.on('unhandledRejection', (error) => {
    if (stop.signal.aborted) return;
    process.stderr.write(`${account(error)}\n`);
    process.exit(EXIT.failed);
  });

  const written: Promise<void>[] = [];
  const cleanups: (() => Promise<unknown> | unknown)[] = [];
  const run: ToolRun = {
    signal: stop.signal,
    log: terminalLog((line) => run.say(line)),
    say: (line) => process.stderr.write(`${line}\n`),
    print: (text) => {
      if (!json) written.push(write(text));
    },
    answer: (value) => {
      if (json) written.push(write(`${JSON.stringify(value)}\n`));
    },
    defer: (cleanup) => cleanups.push(cleanup),
  };
  const code = await execute(tool, run, words);
  const tooLate = setTimeout(() => process.exit(signalCode ?? EXIT.failed), CLEANUP_DEADLINE_MS);
  stop.abort();
  for (const cleanup of cleanups.toReversed()) await Promise.resolve(cleanup()).catch(() => undefined);
  clearTimeout(tooLate);
  // A pager reads on when the person does.
  await Promise.all(written);
  process.exit(signalCode ?? code);
}
