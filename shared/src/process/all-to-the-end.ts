/**
 * Waits until every task has ended, also when one of them fails.
 * @throws what the first in the list that failed has thrown.
 */
export async function allToTheEnd(tasks: Iterable<Promise<unknown>>): Promise<void> {
  for (const outcome of await Promise.allSettled(tasks))
    if (outcome.status === 'rejected') throw outcome.reason;
}
