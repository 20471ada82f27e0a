import { Unit } from '../characters';

const FENCE = 3;

/** The index after the backticks that begin at `index`. */
export function backticksEnd(text: string, index: number): number {
  let end = index;
  while (text.charCodeAt(end) === Unit.backtick) end++;
  return end;
}

/**
 * Finds where code ends, for one text, read from its start to its end.
 *
 * A run of backticks is closed by the next run of the same length (CommonMark's code spans); three or more at the start of
 * a line are a fence and closed by a run at least as long, wherever on its line it stands, as Discord has it. Without
 * such a run the backticks are ordinary characters, also where CommonMark would let a fence run to the end: Discord
 * shows them as typed.
 *
 * A text of many unclosed runs must not be searched to its end for each: the last run of each length is known beforehand,
 * so a search is made only where it succeeds, and what it passed over is never read again.
 * @see https://spec.commonmark.org/0.31.2/#code-spans
 */
export class CodeSpans {
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** By length, the number of the last run of just that length. */
  readonly #lastOf = new Map<number, number>();
  /** By run, the greatest length from it on. */
  readonly #longestFrom: number[] = [];
  #next = 0;

  constructor(text: string) {
    for (let at = text.indexOf('`'); at !== -1; at = text.indexOf('`', at)) {
      const end = backticksEnd(text, at);
      this.#lastOf.set(end - at, this.#starts.length);
      this.#starts.push(at);
      this.#lengths.push(end - at);
      at = end;
    }
    let longest = 0;
    for (let run = this.#lengths.length - 1; run >= 0; run--) {
      longest = Math.max(longest, this.#lengths[run] ?? 0);
      this.#longestFrom[run] = longest;
    }
  }

  /**
   * Where the code ends that `length` backticks ending at `index` open; undefined if nothing closes them. Calls must come
   * with rising indexes.
   */
  endOf(length: number, index: number, startsLine: boolean): number | undefined {
    while ((this.#starts[this.#next] ?? Number.POSITIVE_INFINITY) < index) this.#next++;
    const isFence = startsLine && length >= FENCE;
    const isClosed = isFence
      ? (this.#longestFrom[this.#next] ?? 0) >= length
      : (this.#lastOf.get(length) ?? -1) >= this.#next;
    if (!isClosed) return undefined;
    let run = this.#next;
    while (!this.#closes(run, length, isFence)) run++;
    return (this.#starts[run] ?? 0) + (this.#lengths[run] ?? 0);
  }

  #closes(run: number, length: number, isFence: boolean): boolean {
    const found = this.#lengths[run] ?? Number.POSITIVE_INFINITY;
    return isFence ? found >= length : found === length || found === Number.POSITIVE_INFINITY;
  }
}
