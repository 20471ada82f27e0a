/** One change of one subject: what it added and the total in the reply. */
export interface Step {
  readonly id: string;
  readonly delta: bigint;
  readonly total: bigint;
}

/**
 * What is wrong with the totals in the replies, if they are not those of one sequence: there must be an order of the
 * changes in which each total is the one before plus its delta, from 0 to `end`. Undefined when there is.
 *
 * Each change is an edge from the total before it to the total after. An order exists exactly if the edges form one
 * trail from 0 to the end (an Eulerian trail): in every other total as many come in as go out, and all hang together.
 * When every change adds one, that is: the totals are 1 to the number of changes, each once.
 */
export function whyNoSequence(
  steps: readonly Step[],
  end: bigint,
): { problem: string; ids: string[] } | undefined {
  const balance = new Map<bigint, bigint>([[0n, 0n]]);
  const at = new Map<bigint, Step[]>();
  const touch = (total: bigint, change: bigint, step: Step) => {
    balance.set(total, (balance.get(total) ?? 0n) + change);
    const known = at.get(total);
    if (known) known.push(step);
    else at.set(total, [step]);
  };
  for (const step of steps) {
    touch(step.total - step.delta, -1n, step);
    touch(step.total, 1n, step);
  }
  balance.set(0n, (balance.get(0n) ?? 0n) + 1n);
  balance.set(end, (balance.get(end) ?? 0n) - 1n);
  const off = [...balance].filter(([, count]) => count !== 0n).map(([total]) => total);
  if (off.length > 0) {
    const where = off.toSorted((a, b) => (a < b ? -1 : 1));
    const ids = new Set(where.flatMap((total) => (at.get(total) ?? []).map(({ id }) => id)));
    return { problem: `no order of the replies explains the totals ${where.join(', ')}`, ids: [...ids] };
  }
  return whyApart(steps, at);
}

/** What cannot be reached from 0 along the replies. */
function whyApart(
  steps: readonly Step[],
  at: ReadonlyMap<bigint, readonly Step[]>,
): { problem: string; ids: string[] } | undefined {
  const reached = new Set<Step>();
  const seen = new Set<bigint>([0n]);
  const ahead: bigint[] = [0n];
  for (let total = ahead.pop(); total !== undefined; total = ahead.pop()) {
    for (const step of at.get(total) ?? []) {
      reached.add(step);
      for (const next of [step.total, step.total - step.delta]) {
        if (seen.has(next)) continue;
        seen.add(next);
        ahead.push(next);
      }
    }
  }
  const apart = steps.filter((step) => !reached.has(step));
  if (apart.length === 0) return undefined;
  const totals = apart.map(({ total }) => total).join(', ');
  return {
    problem: `the totals ${totals} cannot be reached from 0 by the replies`,
    ids: apart.map(({ id }) => id),
  };
}
