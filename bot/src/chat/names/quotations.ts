import { isWordCharacterAt } from '../characters';

/** What may close each opening quotation mark: the first of these. */
const CLOSERS = new Map<string, string>([
  ['"', '"'],
  ['“', '”'],
  ['„', '“”'],
  ['«', '»'],
  ['‹', '›'],
  ['「', '」'],
  ['『', '』'],
  ['＂', '＂'],
  ["'", "'"],
  ['‘', '’'],
]);

/** These are apostrophes as well, so they close nothing in front of a letter: `'don't panic'`. */
const APOSTROPHES = new Set(["'", '’']);

/**
 * Finds the ends of quotations in one text, asked with rising indexes. Each answer is kept until the reading has passed it,
 * so that marks which nothing closes do not search the text anew.
 */
export class Quotations {
  readonly #text: string;
  readonly #nextOf = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The index of the mark that closes the quotation opened at `index`; undefined if no quotation opens there or nothing
   * closes it.
   */
  closeOf(index: number): number | undefined {
    const closers = CLOSERS.get(this.#text.charAt(index));
    if (closers === undefined) return undefined;
    let first = Number.POSITIVE_INFINITY;
    for (const closer of closers) first = Math.min(first, this.#next(closer, index));
    return first === Number.POSITIVE_INFINITY ? undefined : first;
  }

  #next(closer: string, index: number): number {
    const known = this.#nextOf.get(closer);
    if (known !== undefined && known > index) return known;
    const next = this.#find(closer, index + 1);
    this.#nextOf.set(closer, next);
    return next;
  }

  #find(closer: string, from: number): number {
    let at = this.#text.indexOf(closer, from);
    while (at !== -1 && APOSTROPHES.has(closer) && isWordCharacterAt(this.#text, at + 1))
      at = this.#text.indexOf(closer, at + 1);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}
