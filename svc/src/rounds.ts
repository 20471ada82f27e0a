import type { Request, RequestKind } from '@popple/shared/contract/request';

/** Requests of one kind that one statement can serve together. */
export interface Round {
  kind: RequestKind;
  requests: Request[];
}

/**
 * Sorts a batch into as few rounds as keep each guild's order: done one after another, every request sees exactly the
 * changes of its guild that came before it in the batch, so `alice++` followed by `karma alice` answers with the new
 * total although the two are different statements. Within a round, batch order is kept.
 */
export function intoRounds(batch: readonly Request[]): Round[] {
  const rounds: Round[] = [];
  const lastRoundOfGuild = new Map<string, number>();
  for (const request of batch) {
    const earliest = lastRoundOfGuild.get(request.guildId) ?? 0;
    let index = rounds.findIndex((round, at) => at >= earliest && round.kind === request.kind);
    if (index < 0) index = rounds.push({ kind: request.kind, requests: [] }) - 1;
    rounds[index]?.requests.push(request);
    lastRoundOfGuild.set(request.guildId, index);
  }
  return rounds;
}
