import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process, distinguished from any later one that was given the same pid: pids are reused, also across reboots,
 * so a pid read from a file may by now belong to somebody else's editor. `startedAt` is an opaque mark of when
 * (and in which boot) the process began.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The identity of the live process `pid`, or undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const startedAt = startMark(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const identity = identify(process.pid);
  if (!identity)
    throw new Error('this process cannot find out when it was started (is /proc or ps missing?)');
  return identity;
}

/** Whether the very process that was recorded is still running, and not another one under its pid. */
export function isRunning(recorded: ProcessIdentity): boolean {
  return identify(recorded.pid)?.startedAt === recorded.startedAt;
}

/** The command line of the live process `pid`, arguments separated by spaces; undefined when it cannot be read. */
export function commandLine(pid: number): string | undefined {
  if (process.platform === 'linux') {
    // Empty for a moment while a process becomes another program, and for good when it has ended.
    return readIfThere(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || undefined;
  }
  if (process.platform === 'win32') {
    return powershell(`(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`);
  }
  return run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
}

function startMark(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStartMark(pid);
  if (process.platform === 'win32') {
    return powershell(`(Get-Process -Id ${pid} -ErrorAction SilentlyContinue).StartTime.Ticks`);
  }
  const line = run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  return line === undefined || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

// proc(5): the command name (field 2) may hold spaces and parentheses, so fields are counted from the last ")".
// Field 3 is the state, field 22 the start time in ticks since boot, which only means something with the boot's id.
function linuxStartMark(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const ticks = fields[19];
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown-boot';
  return ticks === undefined ? undefined : `${boot}/${ticks}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone between two looks, or never there: both mean that there is no such process.
    return undefined;
  }
}

function powershell(expression: string): string | undefined {
  return run('powershell', ['-NoProfile', '-NonInteractive', '-Command', expression]);
}

function run(command: string, args: string[]): string | undefined {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  const out = result.status === 0 ? result.stdout.trim() : '';
  return out === '' ? undefined : out;
}
