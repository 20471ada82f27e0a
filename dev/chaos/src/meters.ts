import type { TestService } from '@popple/testing/service';

/** What the parts count themselves, and under which name and labels. */
const COUNTERS = {
  requestsApplied: [/^popple_svc_requests_total\{.*outcome="applied".*\}$/],
  redelivered: [/^popple_svc_redeliveries_total$/],
  droppedByStream: [
    /^popple_svc_duplicate_events_total$/,
    /^popple_bot_requests_published_total\{.*duplicate="true".*\}$/,
  ],
  droppedByLedger: [/^popple_svc_requests_total\{.*outcome="known".*\}$/],
  droppedByMemory: [/^popple_bot_answers_total\{.*outcome="known".*\}$/],
} as const;

export type CounterName = keyof typeof COUNTERS;
export type Counts = Record<CounterName, number>;

const NAMES = Object.keys(COUNTERS) as CounterName[];
const SCRAPE_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 500;

/** Adds up what a process counts, from its metrics in Prometheus' text format. */
export function readCounts(text: string): Counts {
  const counts = Object.fromEntries(NAMES.map((name) => [name, 0])) as Counts;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    const series = line.slice(0, space);
    const value = Number(line.slice(space + 1));
    for (const name of NAMES) {
      if (COUNTERS[name].some((pattern) => pattern.test(series))) counts[name] += value;
    }
  }
  return counts;
}

/**
 * Adds up the counters of all processes of a run, the dead ones included. What a process counted in the moments before it
 * was killed is lost, so the sums are lower bounds.
 */
export class Meters {
  readonly #counts = new Map<TestService, Counts>();
  readonly #alive = new Set<TestService>();
  readonly #timer = setInterval(() => {
    for (const process of this.#alive) void this.read(process);
  }, SCRAPE_EVERY_MS);

  watch(process: TestService): void {
    this.#alive.add(process);
    void process.exited.then(() => this.#alive.delete(process));
  }

  /** Reads the counters of a process once more. Never rejects: for one that does not respond, the last values stay. */
  async read(process: TestService): Promise<void> {
    try {
      const response = await fetch(`${process.url}/metrics`, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      this.#counts.set(process, readCounts(await response.text()));
    } catch {
      // Starting, frozen, or dead by now.
    }
  }

  async readAll(): Promise<void> {
    await Promise.all([...this.#alive].map((process) => this.read(process)));
  }

  sum(): Counts {
    const sum = readCounts('');
    for (const counts of this.#counts.values()) for (const name of NAMES) sum[name] += counts[name];
    return sum;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
