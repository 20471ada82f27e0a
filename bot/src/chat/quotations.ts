import { isWordCharacterAt } from './characters';

/** What closes each opening quotation mark. */
const CLOSERS = new Map<string, string>([
  ['"', '"'],
  ['“', '”'],
  ['„', '“'],
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

/** Finds the ends of quotations in one text. Each answer is kept until the reading has passed it, so that marks which nothing closes do not search the text anew. */
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
    const closer = CLOSERS.get(this.#text.charAt(index));
    if (closer === undefined) return undefined;
    const known = this.#nextOf.get(closer);
    const next = known !== undefined && known > index ? known : this.#find(closer, index + 1);
    this.#nextOf.set(closer, next);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  #find(closer: string, from: number): number {
    let at = this.#text.indexOf(closer, from);
    while (at !== -1 && APOSTROPHES.has(closer) && isWordCharacterAt(this.#text, at + 1))
      at = this.#text.indexOf(closer, at + 1);
    return at === -1 ? Number.POSITIVE_INFINITY : at;
  }
}
