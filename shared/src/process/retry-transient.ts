import { backoffMs } from '../messaging/backoff';
import { pause } from './pause';
import type { RetryPace } from './retry-pace';

export interface Retrying {
  pace: RetryPace;
  /** Ends the pauses, and the tries with them. */
  signal: AbortSignal;
  /** How often it is tried at most, from 1; without a limit when left out. */
  maxAttempts?: number;
  /**
   * Whether waiting may correct it. The tables of what is transient are where the errors are known: `@popple/db/errors` for
   * Postgres, bot's `discord-errors` for Discord, NatsError for NATS.
   */
  isTransient(error: unknown): boolean;
  /** Says what is waited for, before each pause. */
  onRetry(error: unknown, pauseMs: number): void;
}

/**
 * Does something again and again, with growing pauses, for as long as it fails for a reason that waiting may correct.
 * @throws what `action` raises when waiting does not correct it, or at the last attempt; the signal's reason when it is aborted before that.
 */
export async function retryTransient<Result>(
  action: () => Promise<Result>,
  { pace, signal, maxAttempts = Number.POSITIVE_INFINITY, isTransient, onRetry }: Retrying,
): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      if (!isTransient(error) || attempt + 1 >= maxAttempts) throw error;
      const pauseMs = backoffMs(attempt, pace);
      onRetry(error, pauseMs);
      await pause(pauseMs, signal);
    }
  }
}
