import { isRunning } from '@popple/embedded/process-identity';
import { stopProcess } from '@popple/embedded/server-record';
import { identityOf, type RunFile } from './run-file';

/** Stops what a killed supervisor left running: bot and svc first, then what they depend on. Raises when one stays. */
export async function stopLeftovers(runFile: RunFile, say: (text: string) => void): Promise<void> {
  for (const child of runFile.leftovers.toReversed()) {
    const identity = identityOf(child);
    if (isRunning(identity)) {
      say(`stopping ${child.name} (process ${child.pid}), left over from a run that was killed`);
      await stopProcess(identity, [child.signal], 12_000);
    }
    runFile.remove(child.name);
  }
}
