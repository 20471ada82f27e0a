import { existsSync, readdirSync, readFileSync } from 'node:fs';

const LOOK_AGAIN_MS = 2;

/** proc_pid_stat(5): the state stands behind the name, which is in parentheses and may hold any character. */
function stateOf(stat: string): string | undefined {
  return stat.at(stat.lastIndexOf(')') + 2);
}

function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  if (existsSync(tasks)) {
    return readdirSync(tasks).every((task) => stateOf(readFileSync(`${tasks}/${task}/stat`, 'utf8')) === 'T');
  }
  const { stdout } = Bun.spawnSync(['ps', '-o', 'state=', '-p', String(pid)]);
  return stdout.toString().trim().startsWith('T');
}

/**
 * Stops a process with SIGSTOP and resolves when all of its threads stand still: the signal alone leaves them some
 * milliseconds in which they still answer.
 * @throws Error (ESRCH) when there is no such process.
 */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!isStopped(pid)) {
    await Bun.sleep(LOOK_AGAIN_MS);
    // Killed meanwhile, it never stands still: this raises ESRCH.
    process.kill(pid, 0);
  }
}
