/** Code units of the characters the grammar is written in; all of them are in the basic plane. */
export const Unit = {
  plus: 0x2b,
  minus: 0x2d,
  wideMinus: 0xff0d,
  widePlus: 0xff0b,
  enDash: 0x2013,
  emDash: 0x2014,
  at: 0x40,
  colon: 0x3a,
  wideColon: 0xff1a,
  less: 0x3c,
  greater: 0x3e,
  open: 0x28,
  close: 0x29,
  wideOpen: 0xff08,
  wideClose: 0xff09,
  backtick: 0x60,
  tilde: 0x7e,
  backslash: 0x5c,
  bar: 0x7c,
  space: 0x20,
  lineFeed: 0x0a,
} as const;

const unitsOf = (text: string): Set<number> => new Set(Array.from(text, (char) => char.charCodeAt(0)));

/** A semicolon ends a statement of code, so it is missing here; the full-width one of Chinese prose is not. */
const SENTENCE_MARKS = unitsOf('.,!?:…‼⁇⁈⁉‽。．，、！？：；｡､،؛؟۔।॥');

const CLOSING_BRACKETS = unitsOf(')]»›）］】〕〗」』》〉｣');

const QUOTES = unitsOf('"\'`“”„‟‘’‚‛＂＇');

const FORM_OPENING = unitsOf('(（<«‹「『');

const OPENING = /[(（<«‹「『"'`“”„‟‘’‚‛＂＇]/g;

const WHITE_SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;

const NO_WHITE_SPACE = /[^\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;

const WORD_CHARACTER = /^[\p{L}\p{N}\p{M}]/u;

const INVISIBLE_UNIT = /[\p{Default_Ignorable_Code_Point}\p{Cc}\uFFF9-\uFFFB\u2800]/u;

/**
 * Whether a UTF-16 code unit is white space: Unicode's White_Space, which is wholly in the basic plane. It differs from
 * `\s` in having U+0085 and in not having U+FEFF, which is invisible instead. NaN (beyond the text) is not.
 */
export function isWhiteSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0x85) return false;
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** Whether a code unit ends a line (Unicode's mandatory breaks, UAX #14). */
export function isLineBreak(unit: number): boolean {
  return (unit >= 0x0a && unit <= 0x0d) || unit === 0x85 || unit === 0x2028 || unit === 0x2029;
}

/** Whether a code unit is a quotation mark, opening or closing or both. The backtick is one: ``TeX'' and typos. */
export function isQuote(unit: number): boolean {
  return QUOTES.has(unit);
}

/** Whether a code unit ends a sentence or a part of one. The semicolon does not. */
export function isSentenceMark(unit: number): boolean {
  return SENTENCE_MARKS.has(unit);
}

/** Whether a code unit is closing punctuation, which may follow an operator: sentence marks, closing brackets and quotes. */
export function isClosing(unit: number): boolean {
  return SENTENCE_MARKS.has(unit) || CLOSING_BRACKETS.has(unit) || QUOTES.has(unit);
}

/** Whether a code unit opens a group, half or full width. */
export function isOpenParenthesis(unit: number): boolean {
  return unit === Unit.open || unit === Unit.wideOpen;
}

/** Whether a code unit can only open a group, a quotation or a mention. */
export function isFormOpening(unit: number): boolean {
  return FORM_OPENING.has(unit);
}

/** Whether a code unit of the basic plane shows nothing and is not white space: zero-width, bidi and control characters. */
export function isInvisible(unit: number): boolean {
  if (unit >= 0x20 && unit < 0x7f) return false;
  return !isWhiteSpace(unit) && INVISIBLE_UNIT.test(String.fromCharCode(unit));
}

/** Whether a letter, digit or combining mark begins at `index`; false beyond the text. */
export function isWordCharacterAt(text: string, index: number): boolean {
  return WORD_CHARACTER.test(text.slice(index, index + 2));
}

/** Whether a letter, digit or combining mark ends just before `index`; false at the start of the text. */
export function isWordCharacterBefore(text: string, index: number): boolean {
  const unit = text.charCodeAt(index - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return (
    index > 0 && WORD_CHARACTER.test(text.slice(Math.max(0, isLowSurrogate ? index - 2 : index - 1), index))
  );
}

/**
 * The first match of a pattern (global, and of one code unit) at or after `index`, or the length of the text. The engine
 * searches many times faster than a loop over code units, above all before the loop is compiled.
 */
function indexOfPattern(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length;
}

/** The index of the first white space at or after `index`, or the length of the text. */
export function nextWhiteSpace(text: string, index: number): number {
  return indexOfPattern(WHITE_SPACE, text, index);
}

/**
 * The index of the first code unit after the white space at `index` that is none, or the length of the text. One space is
 * the rule, and thousands stand where code or a quote was.
 */
export function nextVisible(text: string, index: number): number {
  return isWhiteSpace(text.charCodeAt(index + 1))
    ? indexOfPattern(NO_WHITE_SPACE, text, index + 2)
    : index + 1;
}

/** The index of the first character at or after `index` that may open a group, a quotation or a mention, or the text's length. */
export function nextOpening(text: string, index: number): number {
  return indexOfPattern(OPENING, text, index);
}

/** The index of the first character at or after `index` that is not white space, or the length of the text. */
export function skipWhiteSpace(text: string, index: number): number {
  let at = index;
  while (isWhiteSpace(text.charCodeAt(at))) at++;
  return at;
}

/** As `skipWhiteSpace`, but stops at the end of the line. */
export function skipWhiteSpaceOnLine(text: string, index: number): number {
  let at = index;
  while (isWhiteSpace(text.charCodeAt(at)) && !isLineBreak(text.charCodeAt(at))) at++;
  return at;
}

/** The index of the first character at or after `index` that shows. */
export function skipInvisible(text: string, index: number): number {
  let at = index;
  while (at < text.length && isInvisible(text.charCodeAt(at))) at++;
  return at;
}
