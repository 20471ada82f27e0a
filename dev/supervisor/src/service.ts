import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, type Exit } from '@popple/embedded/child-process';
import type { ServiceStatus } from '@popple/local-discord/chat-contract';

/** Something that runs: a process, or a server with its own way of stopping. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Stops it in order; whatever happens, it ends. */
  stop(): Promise<void>;
  /** Undefined when it can do its work, else what is wrong. When left out, it can from the start. */
  notReady?(): Promise<string | undefined>;
}

/** What the supervisor must know to keep a service running. */
export interface ServiceOptions {
  readonly name: string;
  /** Starts it anew. */
  readonly start: () => Promise<Running>;
  /** Runs already: it was started before it was supervised. */
  readonly running?: Running;
  /** Called with what happens to the service, in sentences. */
  readonly say: (text: string) => void;
  readonly onStart?: (running: Running) => void;
  readonly onExit?: (running: Running) => void;
  readonly pauses?: Pauses;
}

/** How long the supervisor pauses before it starts a failed service again. */
export interface Pauses {
  /** Before the first new start; doubled with each failure in a row. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A service that ran this long has not failed at its start: the count of failures begins anew. */
  readonly stableMs: number;
}

/** How a service is now. */
type Status = Omit<ServiceStatus, 'name'>;

/** A service that is kept running. */
export interface Service {
  readonly name: string;
  /** Settles when the service can do its work for the first time, has failed for the first time, or has been stopped. */
  readonly firstOutcome: Promise<void>;
  /** Why it cannot do its work at the moment; undefined when it can. */
  problem(): string | undefined;
  /** How it is now; of what runs, as of at most two seconds ago. */
  status(): Status;
  /** A file of the service was edited: stop it in order and start it with the new code, now. */
  edited(): void;
  /** Ends it in order, for good. */
  stop(): Promise<void>;
}

const usualPauses: Pauses = { firstMs: 1_000, longestMs: 60_000, stableMs: 10_000 };
const readyIntervalMs = 250;
const stillReadyIntervalMs = 2_000;
/** What `notReady` returns for a program that does not listen yet. */
export const NOT_LISTENING = 'starting';

/*
 * The life of a service:
 *
 *   starting ──▶ running ──▶ ended by itself ──▶ pausing ──▶ starting …
 *                                           └──▶ waiting for an edit
 *
 * It pauses after each end, twice as long with each failure in a row, up to a minute. When it fails twice in a row right
 * after an edit, the edit is to blame: starting the same code again and again would only hide the message, so it waits
 * for the next edit. An edit leads to `starting` from everywhere, stopping what runs in order first, and ends every
 * pause. `stop` ends it from everywhere.
 */

/** Starts the service, and keeps it running until it is stopped. */
export function keepRunning(o: ServiceOptions): Service {
  const pauses = o.pauses ?? usualPauses;
  let stopping = false;
  let edited = false;
  let problem: string | undefined = 'starting';
  let status: Status = { state: 'starting', detail: '' };
  let failures = 0;
  let blameEdit = false;
  let interrupt = Promise.withResolvers<void>();
  const firstOutcome = Promise.withResolvers<void>();

  const wake = () => {
    interrupt.resolve();
    interrupt = Promise.withResolvers();
  };
  const isInterrupted = () => stopping || edited;

  const becomeReady = async (running: Running) => {
    let ended = false;
    void running.exited.then(() => {
      ended = true;
    });
    for (;;) {
      const wrong = await running.notReady?.();
      if (ended || isInterrupted()) return;
      problem = wrong;
      if (wrong === undefined) break;
      status =
        wrong === NOT_LISTENING ? { state: 'starting', detail: '' } : { state: 'not-ready', detail: wrong };
      await sleep(readyIntervalMs);
    }
    status = { state: 'ready', detail: '' };
    firstOutcome.resolve();
    o.say(`${o.name} is ready`);
    while (running.notReady) {
      await sleep(stillReadyIntervalMs, undefined, { ref: false });
      const wrong = await running.notReady();
      if (ended || isInterrupted()) return;
      problem = wrong === NOT_LISTENING ? 'does not respond' : wrong;
      status = { state: problem === undefined ? 'ready' : 'not-ready', detail: problem ?? '' };
    }
  };

  /** How it ended, in words; undefined when it was interrupted and stopped. */
  const runOnce = async (already: Running | undefined): Promise<string | undefined> => {
    let running: Running;
    status = { state: 'starting', detail: '' };
    try {
      running = already ?? (await o.start());
    } catch (error) {
      return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
    }
    o.onStart?.(running);
    const startedAt = Date.now();
    void becomeReady(running);
    const interrupted = (isInterrupted() ? Promise.resolve() : interrupt.promise).then(() => undefined);
    const exit = await Promise.race([running.exited, interrupted]);
    if (!exit) await running.stop();
    o.onExit?.(running);
    if (Date.now() - startedAt >= pauses.stableMs) {
      failures = 0;
      blameEdit = false;
    }
    return exit && `ended by itself with ${describeExit(exit)}`;
  };

  /** Resolves when it is time to start again. */
  const afterFailure = async (how: string) => {
    failures += 1;
    problem = how;
    status = { state: 'down', detail: how };
    firstOutcome.resolve();
    if (blameEdit && failures >= 2) {
      o.say(`${o.name} ${how}, twice since the edit: it waits for the next edit`);
      await interrupt.promise;
      return;
    }
    const pauseMs = Math.min(pauses.firstMs * 2 ** (failures - 1), pauses.longestMs);
    o.say(`${o.name} ${how}; it is started again in ${pauseMs / 1000} s`);
    const waited = new AbortController();
    await Promise.race([
      sleep(pauseMs, undefined, { signal: waited.signal }).catch(() => {}),
      interrupt.promise,
    ]);
    waited.abort();
  };

  const live = async () => {
    let already = o.running;
    while (!stopping) {
      if (edited) {
        edited = false;
        blameEdit = true;
        failures = 0;
      }
      const how = await runOnce(already);
      already = undefined;
      if (how !== undefined && !isInterrupted()) await afterFailure(how);
    }
    status = { state: 'down', detail: 'stopped' };
    firstOutcome.resolve();
  };
  const ended = live();

  return {
    name: o.name,
    firstOutcome: firstOutcome.promise,
    problem: () => problem,
    status: () => status,
    edited: () => {
      edited = true;
      problem = 'restarting';
      status = { state: 'starting', detail: 'restarting' };
      wake();
    },
    stop: () => {
      stopping = true;
      wake();
      return ended;
    },
  };
}
