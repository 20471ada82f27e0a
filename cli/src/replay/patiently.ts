import { isTransient } from '@popple/db/errors';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';

const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

/** The person asked to stop while something was waited for; it was not done. */
export class StoppedError extends Error {
  override name = 'StoppedError';
}

/**
 * Does one thing with Postgres, again and again with growing pauses while Postgres is away.
 * @throws StoppedError at the signal; what `action` raises when waiting cannot mend it.
 */
export async function patiently<Result>(
  action: () => Promise<Result>,
  { signal, log }: { signal: AbortSignal; log: Log },
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    if (signal.aborted) throw new StoppedError();
    try {
      return await action();
    } catch (error) {
      if (!isTransient(error)) throw error;
      const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
      log.warn(`Postgres cannot take it now: ${describeError(error)}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}
