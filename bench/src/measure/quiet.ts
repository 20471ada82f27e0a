import { cpus } from 'node:os';
import { cpuBetween, readCpu } from './cpu';

const LOOK_MS = 1_000;
/** A tenth of the machine is what an editor and a browser take. */
const QUIET_SHARE = 0.1;

/**
 * Waits until others leave the machine alone for a second, but not longer than `patienceMs`. At once where CPU times cannot be
 * read.
 */
export async function untilQuiet(patienceMs: number): Promise<void> {
  for (const giveUpAtMs = performance.now() + patienceMs; performance.now() < giveUpAtMs; ) {
    const before = readCpu();
    const beganAtMs = performance.now();
    await Bun.sleep(LOOK_MS);
    const used = cpuBetween(before, readCpu());
    if (used === undefined) return;
    const seconds = (performance.now() - beganAtMs) / 1_000;
    if ((used.machine - used.own) / (seconds * cpus().length) < QUIET_SHARE) return;
  }
}
