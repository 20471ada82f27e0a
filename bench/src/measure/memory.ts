import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const KIB_PER_MIB = 1_024;

/** Resident memory of a process in MiB. @throws Error when there is no such process. */
export function residentMib(pid: number): number {
  const kib =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  if (!kib) throw new Error(`there is no process ${pid} whose memory could be read`);
  return Number(kib) / KIB_PER_MIB;
}
