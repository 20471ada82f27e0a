import { KeyedQueue } from '@popple/shared/process/keyed-queue';
import { pause } from '@popple/shared/process/pause';
import { describeFault, type Fault, killsOf, victimOf } from './fault';
import { type InjectContext, inject } from './inject';
import type { Step } from './plan';

export interface ScheduleOptions {
  readonly plan: Iterable<Step>;
  /** Ends after this many kills. */
  readonly maxKills?: number;
  /** No fault begins later than this after the start of the run. */
  readonly maxMs?: number;
}

/** A fault that was injected. */
export interface Injected {
  readonly fault: Fault;
  readonly hit: boolean;
}

/** Most faults at once; with more, no request would be handled between them. */
const MAX_AT_ONCE = 4;

function sumOfKills(faults: Iterable<Fault>): number {
  let kills = 0;
  for (const fault of faults) kills += killsOf(fault);
  return kills;
}

/**
 * Injects one fault after another, several at a time, those of one victim in order, until the plan or the limits end;
 * resolves when the last is over. @throws what `inject` raises.
 */
export async function injectAll(context: InjectContext, options: ScheduleOptions): Promise<Injected[]> {
  const { plan, maxKills = Number.POSITIVE_INFINITY, maxMs = Number.POSITIVE_INFINITY } = options;
  const { timeline } = context.stage;
  const queue = new KeyedQueue();
  const injected: Injected[] = [];
  const going = new Map<Promise<void>, Fault>();
  const broken = new AbortController();
  const signal = AbortSignal.any([context.signal, broken.signal]);
  let failure: unknown;

  const begin = (fault: Fault) => {
    const happening = queue
      .run(victimOf(fault), async () => {
        if (signal.aborted) return;
        timeline.note(describeFault(fault));
        const hit = await inject({ ...context, signal }, fault);
        if (!hit) timeline.note(`missed: ${describeFault(fault)}`);
        injected.push({ fault, hit });
      })
      .catch((error: unknown) => {
        failure ??= error;
        broken.abort();
      })
      .finally(() => going.delete(happening));
    going.set(happening, fault);
  };
  // A fault that is not over yet counts until it turns out to have missed.
  const kills = () =>
    sumOfKills(going.values()) + sumOfKills(injected.flatMap(({ fault, hit }) => (hit ? [fault] : [])));

  for (const { pauseMs, fault } of plan) {
    await pause(pauseMs, signal);
    while (going.size >= MAX_AT_ONCE || (going.size > 0 && kills() >= maxKills)) {
      await Promise.race(going.keys());
    }
    if (signal.aborted || kills() >= maxKills || timeline.elapsedMs > maxMs) break;
    begin(fault);
  }
  await Promise.all(going.keys());
  if (failure !== undefined) throw failure;
  return injected;
}
