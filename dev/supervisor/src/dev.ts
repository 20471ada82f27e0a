import { join } from 'node:path';
import { killRemainingChildren } from '@popple/embedded/child-process';
import { isReadableByOthers } from '@popple/shared/config/private-file';
import { untilAborted } from '@popple/shared/process/until-aborted';
import { watchedPaths } from './affected';
import { applyEdit } from './edits';
import { stopLeftovers } from './leftovers';
import { claimRunFile } from './run-file';
import type { Service } from './service';
import { watchSources } from './source-watch';
import { type DevOptions, startAll } from './start';
import { welcome } from './welcome';

/**
 * Starts everything, keeps it running until it is interrupted, and stops it in order: bot and svc first, which finish
 * what is in hand, then what they depend on. Raises what kept it from starting, after stopping what had been started.
 */
export async function runDev(o: DevOptions): Promise<void> {
  if (isReadableByOthers(join(o.root, '.env')))
    o.screen.problem(
      '.env can be read by other users of this machine, and may hold the token: run chmod 600 .env',
    );
  const runFile = claimRunFile(join(o.root, '.popple', 'run.json'));
  const services: Service[] = [];
  const undo: (() => void)[] = [];
  let stopWatching = () => {};
  try {
    await untilInterrupted(o.interruption.signal, async () => {
      await stopLeftovers(runFile, o.screen.say);
      const started = await startAll(o, runFile, services, undo);
      stopWatching = watchSources({
        root: o.root,
        watched: watchedPaths,
        onChange: (files) => void applyEdit(o, files, started),
      });
      await welcome(o, started);
    });
  } finally {
    stopWatching();
    if (services.length > 0) o.screen.say('stopping …');
    const inOrder = stopInOrder(services);
    const forced = await Promise.race([inOrder.then(() => false), o.interruption.again.then(() => true)]);
    if (forced) o.screen.say('killing what still runs');
    // Also what no service has taken over yet: a download, a server in the middle of its start.
    await killRemainingChildren();
    for (const step of undo) step();
    runFile.release();
  }
  o.screen.say('stopped');
}

/** Runs the start and then waits; either way it ends when the signal does. */
async function untilInterrupted(signal: AbortSignal, start: () => Promise<void>): Promise<void> {
  const interrupted = untilAborted(signal);
  const starting = start().then(() => interrupted);
  // An abandoned start may still reject; its error is ignored.
  starting.catch(() => {});
  await Promise.race([starting, interrupted]);
}

/** bot and svc together, then the others one after another in the reverse order of their start. */
async function stopInOrder(services: readonly Service[]): Promise<void> {
  const isProgram = (service: Service) => service.name === 'bot' || service.name === 'svc';
  await Promise.all(services.filter(isProgram).map((service) => service.stop()));
  for (const name of ['discord', 'nats', 'postgres']) {
    await Promise.all(services.filter((service) => service.name === name).map((service) => service.stop()));
  }
}
