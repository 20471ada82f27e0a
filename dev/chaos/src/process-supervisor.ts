import { type CrashPoint, crashAt } from '@popple/shared/process/crash-point';
import { pause } from '@popple/shared/process/pause';
import { type Ending, startService, type TestService } from '@popple/testing/service';
import type { Timeline } from '@popple/testing/timeline';

/** How long a process may take to reach its crash point before it is killed wherever it is. */
const CRASH_PATIENCE_MS = 45_000;

/** As an orchestrator would: a service that ended with an error is started again after a moment. */
const RESTART_PAUSE_MS = 300;

const LOG_BYTES_KEPT = 200_000;

export interface ProcessSupervisorOptions {
  readonly part: 'bot' | 'svc';
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeline: Timeline;
  /** Called with each process when it has been started. */
  readonly onStart?: (process: TestService) => void;
  /** Awaited before a process is killed: the last chance to read its metrics. */
  readonly beforeKill?: (process: TestService) => Promise<void>;
}

/** A crash point that a process was to die at, and whether it reached it in time. */
export interface Crash {
  readonly point: CrashPoint;
  readonly reached: boolean;
}

/** What one process of a service logged, newest lines only. */
export interface ProcessLog {
  readonly name: string;
  readonly text: string;
}

/**
 * Keeps one process of a service running, and kills it on request.
 *
 * Requests are handled one after another. Between them, a process that ends by itself (its
 * broker closed the connection for good, its consumer is gone) is started again, as an orchestrator would, and counted.
 */
export class ProcessSupervisor {
  readonly #options: ProcessSupervisorOptions;
  #process: TestService | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #stop = new AbortController();
  #incarnation = 0;
  readonly logs: ProcessLog[] = [];
  /** How often a process was killed with SIGKILL, by this supervisor or by itself at a crash point. */
  kills = 0;
  /** How often a process ended without being killed. */
  endedByItself = 0;
  readonly crashes: Crash[] = [];

  constructor(options: ProcessSupervisorOptions) {
    this.#options = options;
  }

  /** How often a process was started. */
  get starts(): number {
    return this.#incarnation;
  }

  get name(): string {
    return this.#options.name;
  }

  /** The process that runs now; undefined while there is none. */
  get process(): TestService | undefined {
    return this.#process;
  }

  start(): Promise<void> {
    return this.#inTurn(() => this.#launch());
  }

  /** Kills the process with SIGKILL and starts another after `downMs`. */
  kill(downMs: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end();
      await pause(downMs, this.#stop.signal);
      await this.#launch();
    });
  }

  /** Kills the process, starts one that kills itself at the `pass`th passing of the point, and another `downMs` after. */
  crash(point: CrashPoint, pass: number, downMs: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#end();
      if (this.#stop.signal.aborted) return;
      const reached = await this.#dieAt(point, pass);
      this.crashes.push({ point, reached });
      if (reached) this.#options.timeline.note(`${this.name} died at ${point}`);
      else this.#options.timeline.note(`${this.name} did not reach ${point}`);
      await this.#end();
      await pause(downMs, this.#stop.signal);
      await this.#launch();
    });
  }

  /** Whether one died there in time. One that ends by itself before is started again, as its servers break too. */
  async #dieAt(point: CrashPoint, pass: number): Promise<boolean> {
    const late = pause(CRASH_PATIENCE_MS, this.#stop.signal);
    for (;;) {
      const doomed = await this.#spawn({ POPPLE_CRASH_AT: crashAt(point, pass) });
      const ending = await Promise.race([doomed.exited, late]);
      if (ending?.signal === 'SIGKILL') return true;
      if (!ending || this.#stop.signal.aborted) return false;
      this.#noteEnding(doomed, ending);
      this.#keepLog(doomed);
      this.#process = undefined;
      await pause(RESTART_PAUSE_MS, this.#stop.signal);
    }
  }

  /** Freezes the process with SIGSTOP for a while. */
  freeze(forMs: number): Promise<void> {
    return this.#inTurn(async () => {
      const frozen = this.#process;
      frozen?.kill('SIGSTOP');
      await pause(forMs, this.#stop.signal);
      frozen?.kill('SIGCONT');
    });
  }

  /** Ends the process in order, for good. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#inTurn(async () => {
      const last = this.#process;
      this.#process = undefined;
      if (!last) return;
      await last.stop();
      this.#keepLog(last);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #launch(): Promise<void> {
    if (this.#stop.signal.aborted || this.#process) return;
    const started = await this.#spawn({});
    void started.exited.then((ending) => this.#onEnding(started, ending));
  }

  async #spawn(environment: Record<string, string>): Promise<TestService> {
    const { part, environment: common, onStart } = this.#options;
    const started = await startService(part, { ...common, ...environment });
    this.#process = started;
    this.#incarnation += 1;
    onStart?.(started);
    return started;
  }

  #onEnding(ended: TestService, ending: Ending): void {
    if (this.#process !== ended || this.#stop.signal.aborted) return;
    this.#process = undefined;
    this.#noteEnding(ended, ending);
    this.#keepLog(ended);
    void this.#inTurn(async () => {
      await pause(RESTART_PAUSE_MS, this.#stop.signal);
      await this.#launch();
    });
  }

  #noteEnding(ended: TestService, { signal, code }: Ending): void {
    this.endedByItself += 1;
    this.#options.timeline.note(
      `${this.name} ended by itself (${signal ?? `code ${code}`}): ${lastComplaint(ended.output())}`,
    );
  }

  /** Ends the process, which may have died already, and counts the kill. */
  async #end(): Promise<void> {
    const killed = this.#process;
    this.#process = undefined;
    if (!killed) return;
    await this.#options.beforeKill?.(killed);
    killed.kill('SIGKILL');
    const { signal } = await killed.exited;
    if (signal === 'SIGKILL') this.kills += 1;
    this.#keepLog(killed);
  }

  #keepLog(process: TestService): void {
    const text = process.output().slice(-LOG_BYTES_KEPT);
    this.logs.push({ name: `${this.name.replace(' ', '-')}-${this.#incarnation}`, text });
  }
}

/** The last line above level info: why the process ended, where it logged that. */
function lastComplaint(output: string): string {
  const lines = output.trimEnd().split('\n');
  return lines.findLast((line) => !line.includes('"level":"info"')) ?? lines.at(-1) ?? '';
}
