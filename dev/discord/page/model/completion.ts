/** Somebody who can be mentioned. */
export interface Mentionable {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
}

const MAX_SUGGESTIONS = 8;

/**
 * What is being typed after an `@` right before the caret: `{ from, query }` with the index of the `@`; undefined when
 * the caret is not behind one. `alice@example` and `<@1>` are no queries.
 */
export function mentionQuery(textBeforeCaret: string): { from: number; query: string } | undefined {
  const found = /(?:^|[\s(])@([^\s@<>()]{0,40})$/u.exec(textBeforeCaret);
  if (found === null) return undefined;
  const query = found[1] ?? '';
  return { from: textBeforeCaret.length - query.length - 1, query };
}

/** The members that match a query, the likeliest first: names that begin with it, then names that contain it; case and accents aside. */
export function suggest<T extends Mentionable>(candidates: readonly T[], query: string): T[] {
  const wanted = fold(query);
  return candidates
    .map((candidate, order) => ({ candidate, order, rank: rank(candidate, wanted) }))
    .filter(({ rank }) => rank < NO_FIT)
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

const NO_FIT = 3;

function rank(candidate: Mentionable, wanted: string): number {
  const names = [fold(candidate.displayName), fold(candidate.username)];
  if (names.some((name) => name.startsWith(wanted))) return 0;
  if (names.some((name) => name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)))) return 1;
  return names.some((name) => name.includes(wanted)) ? 2 : NO_FIT;
}

function fold(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
