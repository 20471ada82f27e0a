import { readdirSync, readFileSync } from 'node:fs';

/** proc(5): times are in clock ticks, which are hundredths of a second for every program on Linux. */
const TICK_S = 0.01;

/** CPU time used so far, in seconds. */
export interface CpuReading {
  /** By everything on the machine. */
  machine: number;
  /** By this process and all that it started. */
  own: number;
  /** By the processes asked for, each with its children. */
  named: Readonly<Record<string, number>>;
}

interface Stat {
  pid: number;
  parent: number;
  /** Its own and its ended children's. */
  seconds: number;
}

function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It ended between two looks.
    return undefined;
  }
  // The name, in parentheses, may hold anything: fields are counted from the last one. The first of them is field 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return { pid, parent: field(4), seconds: (field(14) + field(15) + field(16) + field(17)) * TICK_S };
}

function machineSeconds(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.split(/\s+/).map(Number);
  return (user + nice + system + irq + softIrq) * TICK_S;
}

function familySeconds(stats: readonly Stat[], pid: number): number {
  let sum = 0;
  for (const stat of stats) {
    if (stat.pid === pid) sum += stat.seconds;
    else if (stat.parent === pid) sum += familySeconds(stats, stat.pid);
  }
  return sum;
}

/** Reads the CPU time used so far; `pids` by name. Undefined where there is no /proc. */
export function readCpu(pids: Readonly<Record<string, number>> = {}): CpuReading | undefined {
  if (process.platform !== 'linux') return undefined;
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined);
  const named = Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [name, familySeconds(stats, pid)]),
  );
  return { machine: machineSeconds(), own: familySeconds(stats, process.pid), named };
}

/** What was used between two readings, of what both know. */
export function cpuBetween(
  before: CpuReading | undefined,
  after: CpuReading | undefined,
): CpuReading | undefined {
  if (before === undefined || after === undefined) return undefined;
  const named = Object.fromEntries(
    Object.entries(after.named).map(([name, seconds]) => [name, seconds - (before.named[name] ?? 0)]),
  );
  return { machine: after.machine - before.machine, own: after.own - before.own, named };
}
