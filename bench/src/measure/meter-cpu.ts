import { cpus } from 'node:os';
import { type CpuReading, cpuBetween, readCpu } from './cpu';

/** CPU time of a measurement. */
export interface CpuUse {
  /** Microseconds for each thing counted, by process. */
  perItemUs: Record<string, number>;
  /** The share of all cores that was busy with what is none of the bench's, from 0 to 1. */
  othersShare: number;
}

interface Mark {
  count: number;
  atMs: number;
  cpu: CpuReading | undefined;
}

/** Takes the CPU time of processes, and of the machine, between two moments of a count. */
export class CpuMeter {
  readonly #from: number;
  readonly #pids: Readonly<Record<string, number>>;
  #first: Mark | undefined;

  /** `from` is the count to begin at; `pids` are by name. */
  constructor(from: number, pids: Readonly<Record<string, number>> = {}) {
    this.#from = from;
    this.#pids = pids;
  }

  #mark(count: number): Mark {
    return { count, atMs: performance.now(), cpu: readCpu(this.#pids) };
  }

  /** Says how many are done so far. The first time that this is enough, measuring begins. */
  passed(count: number): void {
    if (count >= this.#from) this.#first ??= this.#mark(count);
  }

  /** Ends measuring. Undefined where CPU times cannot be read, or when nothing was counted. */
  end(total: number): CpuUse | undefined {
    const last = this.#mark(total);
    const first = this.#first ?? last;
    const used = cpuBetween(first.cpu, last.cpu);
    const count = last.count - first.count;
    const seconds = (last.atMs - first.atMs) / 1_000;
    if (used === undefined || count <= 0) return undefined;
    const perItemUs = Object.fromEntries(
      Object.entries(used.named).map(([name, cpu]) => [name, (cpu / count) * 1e6]),
    );
    return { perItemUs, othersShare: Math.max(0, used.machine - used.own) / (seconds * cpus().length) };
  }
}
