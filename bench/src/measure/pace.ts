const TICK_MS = 1;

/** When something numbered was due, in milliseconds of `performance.now()`. */
export type DueMs = (index: number) => number;

/**
 * Has `count` things sent evenly over time at `perSecond`, whether or not anybody keeps up. `send` is told which are due
 * now, from one number up to and without another; what is late is sent late, but each has its own due time, so that
 * waiting counts as latency. Resolves after the last.
 */
export async function paced(
  count: number,
  perSecond: number,
  send: (from: number, to: number, due: DueMs) => void,
): Promise<void> {
  const startMs = performance.now();
  const due: DueMs = (index) => startMs + (index * 1_000) / perSecond;
  for (let from = 0; from < count; ) {
    const elapsedMs = performance.now() - startMs;
    const to = Math.min(count, Math.floor((elapsedMs * perSecond) / 1_000) + 1);
    if (to > from) send(from, to, due);
    from = to;
    await Bun.sleep(TICK_MS);
  }
}
