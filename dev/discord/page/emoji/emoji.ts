import { EMOJI_TABLE } from './table';

/** An emoji and one of its names: `tada` without the colons. */
export interface NamedEmoji {
  readonly name: string;
  readonly emoji: string;
}

const MAX_SUGGESTIONS = 8;

const all: readonly NamedEmoji[] = EMOJI_TABLE.split(',').map((entry) => {
  const [name = '', emoji = ''] = entry.split(' ');
  return { name, emoji };
});
const byName = new Map(all.map(({ name, emoji }) => [name, emoji]));

/** The emoji of a name, in any case; undefined when there is none. */
export function emojiNamed(name: string): string | undefined {
  return byName.get(name.toLowerCase());
}

/**
 * What is being typed after a `:` right before the caret, at least two characters of a name; undefined when the caret is
 * not behind one. `12:30`, `https://` and `::` are no queries.
 */
export function emojiQuery(textBeforeCaret: string): string | undefined {
  return /(?<![\p{L}\p{N}_:]):([a-z0-9_+-]{2,40})$/iu.exec(textBeforeCaret)?.[1];
}

/** The emoji whose names fit a query, the likeliest first: the name itself, names that begin with it, names with such a word. */
export function suggestEmoji(query: string): NamedEmoji[] {
  const wanted = query.toLowerCase();
  return all
    .map((candidate) => ({ candidate, rank: rank(candidate.name, wanted) }))
    .filter(({ rank }) => rank < NO_FIT)
    .sort((a, b) => a.rank - b.rank || a.candidate.name.length - b.candidate.name.length)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

const NO_FIT = 4;

function rank(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(`_${wanted}`)) return 2;
  return name.includes(wanted) ? 3 : NO_FIT;
}
