import type { Subject } from '@popple/shared/contract/subject';
import { isClosing, isWhiteSpace, Unit } from '../characters';
import { mentionAt } from '../subjects/mentions';
import { isTooLong, mentionSubject, textSubject } from '../subjects/subject';
import {
  attachedOperator,
  endsForm,
  endsOperator,
  mentionOperator,
  type Operator,
  type Step,
  spacedOperator,
} from './operators';
import { isOpenParenthesis, matchParentheses, type Partners } from './parentheses';
import { Quotations } from './quotations';

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
    const inner = this.#text.slice(open + 1, close);
    const subject = textSubject(inner);
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
