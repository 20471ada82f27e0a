import type { Runner } from '@popple/shared/process/runner';
import { type EventLoopContext, eventLoop } from './event-loop';

/**
 * Takes events and posts their replies, except while Discord is out of reach: what is in hand then goes back to the stream,
 * where bots that reach it take it, and no more is taken.
 */
export class Replying {
  readonly #runner: Runner;
  readonly #context: EventLoopContext;
  #away: AbortController | undefined = new AbortController();
  #resumed = Promise.withResolvers<void>();

  constructor(runner: Runner, context: EventLoopContext) {
    this.#runner = runner;
    this.#context = context;
    runner.signal.addEventListener('abort', () => this.#resumed.resolve(), { once: true });
  }

  /** Posts replies until the runner's signal. @throws as `eventLoop`. */
  async run(): Promise<void> {
    const { log, defer, fail, signal } = this.#runner;
    while (!signal.aborted) {
      const away = this.#away;
      if (away === undefined) {
        await this.#resumed.promise;
        continue;
      }
      const stop = AbortSignal.any([signal, away.signal]);
      await eventLoop({ log, defer, fail, signal: stop }, { ...this.#context, signal: stop });
    }
  }

  /** Whether Discord is reached: false gives everything back and takes no more, until it is true again. */
  setInReach(isInReach: boolean): void {
    if (isInReach === (this.#away !== undefined)) return;
    if (isInReach) {
      this.#away = new AbortController();
      this.#resumed.resolve();
    } else {
      this.#resumed = Promise.withResolvers();
      if (this.#runner.signal.aborted) this.#resumed.resolve();
      const away = this.#away;
      this.#away = undefined;
      away?.abort();
    }
  }
}
