import type { Request, RequestKind } from '@popple/shared/contract/request';

/** Requests of one kind that one statement can serve together. */
export interface Group {
  kind: RequestKind;
  requests: Request[];
}

/**
 * Sorts a batch into as few groups as keep each guild's order: done one after another, every request sees exactly the
 * changes of its guild that came before it in the batch, so `alice++` followed by `karma alice` answers with the new
 * total although the two are different statements. Within a group, batch order is kept.
 */
export function groupByKind(batch: readonly Request[]): Group[] {
  const groups: Group[] = [];
  const lastGroupOfGuild = new Map<string, number>();
  for (const request of batch) {
    const earliest = lastGroupOfGuild.get(request.guildId) ?? 0;
    let index = groups.findIndex((group, at) => at >= earliest && group.kind === request.kind);
    if (index < 0) index = groups.push({ kind: request.kind, requests: [] }) - 1;
    groups[index]?.requests.push(request);
    lastGroupOfGuild.set(request.guildId, index);
  }
  return groups;
}

/** What came of a batch: the results of what was done, and what was refused on its own, with the error. */
export interface Bisected<Item, Result> {
  results: Result[];
  refused: { item: Item; error: unknown }[];
}

/**
 * Does a batch; if it is refused, halves it again and again until each offender stands alone, so that one bad item
 * costs about log2(n) tries more and never its neighbours. Items are done in order.
 * @throws an error that `isRefusal` says is not an item's own fault; what was done before it stays done.
 */
export async function bisect<Item, Result>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<Result>,
  isRefusal: (error: unknown) => boolean,
): Promise<Bisected<Item, Result>> {
  if (items.length === 0) return { results: [], refused: [] };
  try {
    return { results: [await work(items)], refused: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [first] = items;
    if (items.length === 1 && first !== undefined) return { results: [], refused: [{ item: first, error }] };
    const middle = items.length >> 1;
    const before = await bisect(items.slice(0, middle), work, isRefusal);
    const after = await bisect(items.slice(middle), work, isRefusal);
    return { results: [...before.results, ...after.results], refused: [...before.refused, ...after.refused] };
  }
}
