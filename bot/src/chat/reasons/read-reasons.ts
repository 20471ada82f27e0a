import {
  isClosing,
  isInvisible,
  isLineBreak,
  isOpenParenthesis,
  isSentenceMark,
  isWhiteSpace,
  Unit,
} from '../characters';
import type { ReadableText } from '../markdown/readable-text';
import { quotableText } from '../markdown/readable-text';
import type { Reference } from '../names/read-names';
import { dropUnseen, foldWhiteSpace, hasSubstance } from '../subjects/subject';
import { cutReason } from './cut-reason';
import { BEGINNING, CONJUNCTIONS, endsWithApostrophe, IDIOM, mayBegin } from './words';

/** Marks that go on with a sentence; any other sentence mark ends it. */
const GOING_ON = new Set(Array.from(',:，、：،', (mark) => mark.charCodeAt(0)));

/** What a reason does not end with where another change cuts it off. */
const LEADING_ON = new Set(' ,;:&–—-(（"“„«');

/** The index after what may stand between an operator and the word: closing brackets, quotes, a comma or colon, then spaces. */
function wordStart(text: string, index: number, limit: number): number {
  let at = index;
  for (; at < limit; at++) {
    const unit = text.charCodeAt(at);
    const mayStand = GOING_ON.has(unit) || (isClosing(unit) && !isSentenceMark(unit)) || isInvisible(unit);
    if (!mayStand) break;
  }
  for (; at < limit; at++) {
    const unit = text.charCodeAt(at);
    if (isLineBreak(unit) || !(isWhiteSpace(unit) || isInvisible(unit))) break;
  }
  return at;
}

/** Before a closing parenthesis: a smiley. */
const SMILING = new Set(Array.from(':;=-^', (mark) => mark.charCodeAt(0)));

function isClosingParenthesis(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit === Unit.wideClose || (unit === Unit.close && !SMILING.has(text.charCodeAt(index - 1)));
}

/** Counts the parentheses that are open on the line, asked with rising indexes, so that a text is read once. */
class OpenParentheses {
  readonly #text: string;
  #at = 0;
  #open = 0;

  constructor(text: string) {
    this.#text = text;
  }

  before(index: number): number {
    for (; this.#at < index; this.#at++) {
      const unit = this.#text.charCodeAt(this.#at);
      if (isOpenParenthesis(unit)) this.#open++;
      else if (isLineBreak(unit)) this.#open = 0;
      else if (isClosingParenthesis(this.#text, this.#at) && this.#open > 0) this.#open--;
    }
    return this.#open;
  }
}

/** The text without what leads on to the next change: `the build, and`. */
function withoutLeadingOn(text: string): string {
  let end = text.length;
  for (;;) {
    while (end > 0 && LEADING_ON.has(text.charAt(end - 1))) end--;
    const start = text.lastIndexOf(' ', end - 1) + 1;
    if (end === 0 || !CONJUNCTIONS.has(text.slice(start, end).toLowerCase())) return text.slice(0, end);
    end = start;
  }
}

/** Reads reasons from one text, asked from its start to its end. */
class ReasonReader {
  readonly #text: string;
  /** As long as the text, without what is in code spans and URLs: a parenthesis in those is no mark of the sentence. */
  readonly #sentence: string;
  readonly #parentheses: OpenParentheses;

  constructor(readable: ReadableText) {
    this.#text = quotableText(readable);
    this.#sentence = readable.blanked;
    this.#parentheses = new OpenParentheses(readable.blanked);
  }

  /** The reason right after an operator that ends at `index`; the next change begins at `limit`. */
  after(index: number, limit: number): string | undefined {
    const text = this.#text;
    const start = wordStart(text, index, limit);
    if (start === limit || !mayBegin(text.charCodeAt(start))) return undefined;
    BEGINNING.lastIndex = start;
    const word = BEGINNING.exec(text)?.[0];
    if (word === undefined || BEGINNING.lastIndex > limit) return undefined;
    let from = BEGINNING.lastIndex;
    while (from < limit && isInvisible(text.charCodeAt(from))) from++;
    if (!endsWithApostrophe(word) && !isWhiteSpace(text.charCodeAt(from))) return undefined;
    const end = this.#end(from, limit, this.#parentheses.before(start));
    return reasonOf(word, text.slice(from, end), end === limit && limit < text.length);
  }

  /**
   * The index of the line's end, or of the parenthesis that closes one of those `open` before `start`, or `limit`, whichever
   * comes first. Any other parenthesis that nothing opened is part of the reason, as in `1)` and `:)`.
   */
  #end(start: number, limit: number, open: number): number {
    let depth = open;
    for (let at = start; at < limit; at++) {
      const unit = this.#sentence.charCodeAt(at);
      if (isLineBreak(this.#text.charCodeAt(at))) return at;
      if (isOpenParenthesis(unit)) depth++;
      else if (isClosingParenthesis(this.#sentence, at)) {
        if (open > 0 && depth === open) return at;
        if (depth > 0) depth--;
      }
    }
    return limit;
  }
}

/**
 * What of the text after a word is a reason: one line without what cannot be seen, and with a letter, digit or emoji in it.
 * `isCutOff` says that another change stands right behind it.
 */
function reasonOf(word: string, written: string, isCutOff: boolean): string | undefined {
  const line = foldWhiteSpace(dropUnseen(written));
  if (IDIOM.test(`${foldWhiteSpace(word)} ${line}`)) return undefined;
  const reason = cutReason(isCutOff ? withoutLeadingOn(line) : line);
  return hasSubstance(reason) ? reason : undefined;
}

/** A change as a message makes it once, with the reason that the message gives for it. */
export interface ReasonedReference extends Reference {
  /** One line of 1 to `MAX_REASON_LENGTH` UTF-16 code units, printable and well formed. */
  reason?: string;
}

/**
 * The references, each with its reason: what begins with one of the words right after an operator, and ends with the line, at
 * the next reference, or where a parenthesis closes that was open before. It is the reason of all references before it that
 * have none yet. Linear in the text's length.
 */
export function withReasons(references: readonly Reference[], readable: ReadableText): ReasonedReference[] {
  if (references.length === 0) return [];
  const reader = new ReasonReader(readable);
  const reasoned: ReasonedReference[] = [];
  for (let index = 0; index < references.length; index++) {
    const limit = references[index + 1]?.start ?? readable.message.length;
    const reason = reader.after(references[index]?.end ?? limit, limit);
    if (reason === undefined) continue;
    for (const reference of references.slice(reasoned.length, index + 1))
      reasoned.push({ ...reference, reason });
  }
  return reasoned.length === 0 ? [...references] : reasoned.concat(references.slice(reasoned.length));
}
