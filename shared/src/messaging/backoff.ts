import type { RetryPace } from '../process/retry-pace';

/**
 * How long to wait before try `attempt` (counted from 0): doubling from the pace's `baseMs`, never above its `capMs`, and
 * drawn from the upper half of that so that many waiters do not come back in step.
 */
export function backoffMs(
  attempt: number,
  { baseMs, capMs }: RetryPace,
  random: () => number = Math.random,
): number {
  const ceilingMs = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (0.5 + random() / 2));
}
