import { join } from 'node:path';
import { killRemainingChildren } from '@popple/embedded/child-process';
import { UsageError } from '@popple/shared/operator/command-line';
import { painter } from './colours';
import { runDev } from './dev';
import { listenForInterruption } from './interruption';
import { helpText, parseFlags } from './options';
import { openScreen } from './screen';

// The terminal may be closed before everything is stopped, which must go on all the same.
process.stdout.on('error', () => {});

const isTerminal = process.stdout.isTTY === true;
const paint = painter(process.env, isTerminal);
const screen = openScreen((text) => process.stdout.write(text), paint, isTerminal);

// A bug of the supervisor must not leave its services running without anybody to stop them.
const fail = async (error: unknown) => {
  screen.problem(error instanceof Error ? (error.stack ?? error.message) : String(error));
  await killRemainingChildren();
  process.exit(1);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) {
    process.stdout.write(helpText);
    process.exit(0);
  }
  await runDev({
    root: join(import.meta.dir, '../../..'),
    flags,
    env: process.env,
    screen,
    interruption: listenForInterruption(),
  });
  process.exit(0);
} catch (error) {
  screen.problem(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
