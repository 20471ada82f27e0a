import { Unit } from '../characters';

const FENCE = '```';
const LANGUAGE = /[a-z0-9_+.#-]+\n/iy;

/** Code in a text: where it ends, and whether it is a block of its own lines or a span within one. */
export interface Code {
  end: number;
  isBlock: boolean;
}

/** The index after the backticks that begin at `index`. */
export function backticksEnd(text: string, index: number): number {
  let end = index;
  while (text.charCodeAt(end) === Unit.backtick) end++;
  return end;
}

/**
 * Finds where code ends, for one text, read from its start to its end.
 *
 * Three backticks, wherever they stand, are a fence, as in Discord's client: the next three close it, but what is between
 * begins after the line of the language and after line breaks, and is one character at least. A run of backticks that is
 * no fence is closed by the next run of the same length (CommonMark's code spans). Backticks that nothing closes are
 * ordinary characters, also where CommonMark would let a fence run to the end.
 *
 * A text of many unclosed runs must not be searched to its end for each: the last run of each length is known beforehand,
 * so a search is made only where it succeeds, and what it passed over is never read again.
 * @see https://spec.commonmark.org/0.31.2/#code-spans
 */
export class CodeRegions {
  readonly #text: string;
  readonly #lastFence: number;
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** By length, the number of the last run of just that length. */
  readonly #lastOf = new Map<number, number>();
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lastFence = text.lastIndexOf(FENCE);
    for (let at = text.indexOf('`'); at !== -1; at = text.indexOf('`', at)) {
      const end = backticksEnd(text, at);
      this.#lastOf.set(end - at, this.#starts.length);
      this.#starts.push(at);
      this.#lengths.push(end - at);
      at = end;
    }
  }

  /** The code that the backticks at `start` open; undefined if nothing closes them. Calls must come with rising indexes. */
  at(start: number): Code | undefined {
    const blockEnd = this.#fenceEnd(start);
    const end = blockEnd ?? this.#spanEnd(start);
    return end === undefined ? undefined : { end, isBlock: blockEnd !== undefined };
  }

  /** Does not look for the end of the run first: a run of thousands of backticks is fence after fence of seven. */
  #fenceEnd(start: number): number | undefined {
    if (!this.#text.startsWith(FENCE, start)) return undefined;
    const inside = start + FENCE.length;
    LANGUAGE.lastIndex = inside;
    const afterLanguage = LANGUAGE.test(this.#text) ? this.#fenceClose(LANGUAGE.lastIndex) : undefined;
    return afterLanguage ?? this.#fenceClose(inside);
  }

  #fenceClose(inside: number): number | undefined {
    let first = inside;
    while (this.#text.charCodeAt(first) === Unit.lineFeed) first++;
    return this.#lastFence > first ? this.#text.indexOf(FENCE, first + 1) + FENCE.length : undefined;
  }

  #spanEnd(start: number): number | undefined {
    const end = backticksEnd(this.#text, start);
    const length = end - start;
    while ((this.#starts[this.#next] ?? Number.POSITIVE_INFINITY) < end) this.#next++;
    if ((this.#lastOf.get(length) ?? -1) < this.#next) return undefined;
    let run = this.#next;
    while (this.#lengths[run] !== length) run++;
    return (this.#starts[run] ?? 0) + length;
  }
}
