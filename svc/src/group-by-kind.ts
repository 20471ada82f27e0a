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
