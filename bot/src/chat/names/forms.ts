import type { Subject } from '@popple/shared/contract/subject';
import { isClosing, isOpenParenthesis, isWhiteSpace, isWordCharacterAt, Unit } from '../characters';
import { dropInvisible, isTooLong, mentionAt, mentionSubject, textSubject } from '../subjects/subject';
import {
  attachedOperator,
  endsForm,
  endsOperator,
  mentionOperator,
  type Operator,
  type Step,
  spacedOperator,
} from './operators';

/** By index, the index of the partner of the opening parenthesis there; 0, where none can be, for anything else. */
type Partners = Int32Array;

const NONE: Partners = new Int32Array(0);

/** Matches the parentheses of a text that are balanced, half and full width alike. */
function matchParentheses(text: string): Partners {
  if (!/[(（]/.test(text)) return NONE;
  const partners = new Int32Array(text.length);
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isOpenParenthesis(unit)) open.push(at);
    else if (unit === Unit.close || unit === Unit.wideClose) {
      const partner = open.pop();
      if (partner !== undefined) partners[partner] = at;
    }
  }
  return partners;
}

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
 * Finds the ends of quotations in one text, asked with rising indexes. Each result is kept until the scan has passed it,
 * so that marks which nothing closes do not search the text anew.
 */
class Quotations {
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

/** One word, which is a member's plain mention: `(@bob)++` is `@bob++`. */
const WORD_WITH_AT = /^\p{White_Space}*@\P{White_Space}+\p{White_Space}*$/u;

/** A group, a quotation or a mention, as far as it reaches with its operator. */
export interface Form {
  /** Undefined where the form names nothing: it is empty, or too long. */
  subject: Subject | undefined;
  /** Whether it clearly means to name something, and is too long for that. */
  isTooLong: boolean;
  /** Zero without an operator. */
  step: Step | 0;
  /** The index after the form and its operator. */
  end: number;
}

/** Whether a form may begin right after `index - 1`: not inside a word, so that `f(x)` is one. */
function isFormStart(text: string, index: number): boolean {
  const unit = text.charCodeAt(index - 1);
  if (index === 0 || isWhiteSpace(unit) || isClosing(unit) || unit === Unit.at) return true;
  if (isOpenParenthesis(unit) || '[［【「『«‹„‚‘'.includes(text.charAt(index - 1))) return true;
  return endsOperator(text, index);
}

/** Finds groups, quotations and mentions in one text, read from its start to its end. */
export class Forms {
  readonly #text: string;
  readonly #isAsking: boolean;
  readonly #partners: Partners;
  readonly #quotations: Quotations;

  /** `isAsking` says that groups and quotations count without an operator, as in the arguments of `karma`. */
  constructor(text: string, isAsking: boolean) {
    this.#text = text;
    this.#isAsking = isAsking;
    this.#partners = matchParentheses(text);
    this.#quotations = new Quotations(text);
  }

  /**
   * The form that begins at `index`, which `wordEnd` (the next white space) is not before. Groups and quotations begin at
   * the start of a word only; but a group that holds white space cannot be part of one, and begins anywhere.
   */
  at(index: number, wordEnd: number): Form | undefined {
    const unit = this.#text.charCodeAt(index);
    if (unit === Unit.less) return this.#mention(index);
    if (isOpenParenthesis(unit)) return this.#group(index, wordEnd);
    return this.#quotation(index);
  }

  #mention(index: number): Form | undefined {
    const mention = mentionAt(this.#text, index);
    if (mention === undefined) return undefined;
    const operator = mentionOperator(this.#text, mention.end);
    return {
      subject: mentionSubject(mention.id),
      isTooLong: false,
      step: operator?.step ?? 0,
      end: operator?.end ?? mention.end,
    };
  }

  #group(index: number, wordEnd: number): Form | undefined {
    const close = this.#partners[index] ?? 0;
    if (close === 0) return undefined;
    const startsHere = isFormStart(this.#text, index);
    if (!startsHere && close < wordEnd) return undefined;
    return this.#enclosed(index, close, spacedOperator(this.#text, close + 1), startsHere);
  }

  #quotation(index: number): Form | undefined {
    const close = this.#quotations.closeOf(index);
    if (close === undefined || !isFormStart(this.#text, index)) return undefined;
    return this.#enclosed(index, close, attachedOperator(this.#text, close + 1), true);
  }

  #enclosed(
    open: number,
    close: number,
    operator: Operator | undefined,
    startsHere: boolean,
  ): Form | undefined {
    const isWhole = this.#isAsking && startsHere && endsForm(this.#text, close + 1);
    if (operator === undefined && !isWhole) return undefined;
    const written = this.#text.slice(open + 1, close);
    const hadAt = written.includes('@') && WORD_WITH_AT.test(dropInvisible(written));
    const inner = hadAt ? written.slice(written.indexOf('@') + 1) : written;
    const subject = textSubject(inner, hadAt);
    // A dash after a remark in parentheses is prose; only what is attached is certain to be an operator.
    const isMeant = isWhole || attachedOperator(this.#text, close + 1) !== undefined;
    return {
      subject,
      isTooLong: subject === undefined && isMeant && isTooLong(inner),
      step: operator?.step ?? 0,
      end: operator?.end ?? close + 1,
    };
  }
}
