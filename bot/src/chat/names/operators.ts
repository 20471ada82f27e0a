import {
  isClosing,
  isFormOpening,
  isLineBreak,
  isWhiteSpace,
  skipInvisible,
  skipWhiteSpaceOnLine,
  Unit,
} from '../characters';

/** What one operator does to a subject's karma. */
export type Step = 1 | -1;

export interface Operator {
  step: Step;
  /** The index after its last sign. */
  end: number;
}

/** Signs of one kind in a row. `signs` counts them; a dash is two, because phones make it of two. */
export interface SignRun {
  step: Step;
  signs: number;
  end: number;
  hasDash: boolean;
}

const FEWEST_SIGNS = 2;
const MOST_SIGNS = 4;

function stepOf(unit: number): Step | undefined {
  if (unit === Unit.plus || unit === Unit.widePlus) return 1;
  if (unit === Unit.minus || unit === Unit.wideMinus) return -1;
  return undefined;
}

const isDash = (unit: number): boolean => unit === Unit.emDash || unit === Unit.enDash;

/** The run of `+`, or of `-`, that begins at `index`, half or full width; undefined where none does. */
export function signRunAt(text: string, index: number): SignRun | undefined {
  const step = stepOf(text.charCodeAt(index));
  if (step === undefined) return undefined;
  let end = index + 1;
  while (stepOf(text.charCodeAt(end)) === step) end++;
  return { step, signs: end - index, end, hasDash: false };
}

/** As `signRunAt`, with em and en dashes read as the `--` they were typed as. For mentions only: prose is full of dashes. */
function dashedRunAt(text: string, index: number): SignRun | undefined {
  let end = index;
  let signs = 0;
  let hasDash = false;
  for (; ; end++) {
    const unit = text.charCodeAt(end);
    if (isDash(unit)) {
      hasDash = true;
      signs += 2;
    } else if (stepOf(unit) === -1) signs++;
    else break;
  }
  return hasDash ? { step: -1, signs, end, hasDash } : signRunAt(text, index);
}

/** Whether that many signs in a row are an operator: two, and three or four by a heavy finger. */
export function isStep(signs: number): boolean {
  return signs >= FEWEST_SIGNS && signs <= MOST_SIGNS;
}

/** Whether two signs of one kind end right before `index`. */
export function endsOperator(text: string, index: number): boolean {
  const step = stepOf(text.charCodeAt(index - 1));
  return step !== undefined && stepOf(text.charCodeAt(index - 2)) === step;
}

/** Whether what stands at `index` may follow a word's operator: the end, white space or closing punctuation. */
export function endsWord(text: string, index: number): boolean {
  const at = skipInvisible(text, index);
  const unit = text.charCodeAt(at);
  return at >= text.length || isWhiteSpace(unit) || isClosing(unit);
}

/** As `endsWord`, or the opening of another group or mention: `(a)++(b)++`. */
export function endsForm(text: string, index: number): boolean {
  return isFormOpening(text.charCodeAt(index)) || endsWord(text, index);
}

/** The operator attached to the form that ends at `index`, if it is whole and properly followed. */
export function attachedOperator(text: string, index: number): Operator | undefined {
  const run = signRunAt(text, index);
  return run !== undefined && isStep(run.signs) && endsForm(text, run.end) ? run : undefined;
}

/** Whether nothing but closing punctuation and white space is left on the line. */
function endsLine(text: string, index: number): boolean {
  let at = index;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isLineBreak(unit)) return true;
    if (!isWhiteSpace(unit) && !isClosing(unit)) return false;
  }
  return true;
}

/** As `attachedOperator`, with white space on the same line allowed between. A line of `---` below is a rule, not a step. */
export function spacedOperator(text: string, index: number): Operator | undefined {
  return attachedOperator(text, skipWhiteSpaceOnLine(text, index));
}

/**
 * The operator of a mention that ends at `index`: after a colon and white space on the same line, and with dashes.
 * A dash after white space counts only as the last thing on its line: `<@1> — can you look?` is prose.
 */
export function mentionOperator(text: string, index: number): Operator | undefined {
  const unit = text.charCodeAt(index);
  const from = unit === Unit.colon || unit === Unit.wideColon ? index + 1 : index;
  const at = skipWhiteSpaceOnLine(text, from);
  const run = dashedRunAt(text, at);
  if (run === undefined || !isStep(run.signs)) return undefined;
  if (run.hasDash && at > from) return endsLine(text, run.end) ? run : undefined;
  const isFollowed = endsForm(text, run.end) || text[run.end] === ';';
  return isFollowed ? run : undefined;
}
