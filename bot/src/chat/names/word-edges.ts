import { isInvisible, isQuote, isWordCharacterAt, isWordCharacterBefore, Unit } from '../characters';
import { isOpenParenthesis } from './parentheses';

/** By closing mark, the marks it may close. */
const OPENERS_OF = new Map<string, string>([
  [')', '(（'],
  ['）', '(（'],
  [']', '['],
  ['］', '［'],
  ['】', '【'],
  ['〕', '〔'],
  ['〗', '〖'],
  ['」', '「'],
  ['』', '『'],
  ['》', '《'],
  ['〉', '〈'],
  ['»', '«'],
  ['›', '‹'],
  ['”', '“„'],
  ['“', '„'],
  ['’', '‘‚'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
  ['＂', '＂'],
]);

const OPENERS = new Set([...OPENERS_OF.values()].join(''));
const MARK = /[()[\]（）［］【】〔〕〖〗「」『』《》〈〉«»‹›“”„‘’‚"'`＂¡¿]/;
const SPANISH_OPENERS = '¡¿';

/** A word without what merely surrounds it: the part of the text from `start` to `end`, which may be empty. */
export interface WordCore {
  start: number;
  end: number;
  /** Whether a leading `@` was taken off. */
  hadAt: boolean;
}

/** The brackets and quotes of a word, by index: those without a partner in it, and the partners of those that have one. */
interface Marks {
  unpaired: Set<number>;
  partnerOf: Map<number, number>;
}

const NO_MARKS: Marks = { unpaired: new Set(), partnerOf: new Map() };

/** An apostrophe between letters is no mark, and two quotes in a row do not quote nothing: ``""alice``. */
function marksOf(text: string, start: number, end: number): Marks {
  const marks: Marks = { unpaired: new Set(), partnerOf: new Map() };
  const open: number[] = [];
  for (let at = start; at < end; at++) {
    const mark = text.charAt(at);
    if (!MARK.test(mark) || isApostrophe(text, at)) continue;
    const last = open.at(-1);
    const mayClose = last !== undefined && (last < at - 1 || !isQuote(text.charCodeAt(at)));
    if (mayClose && OPENERS_OF.get(mark)?.includes(text.charAt(last))) {
      open.pop();
      marks.partnerOf.set(last, at);
    } else if (OPENERS.has(mark)) open.push(at);
    else marks.unpaired.add(at);
  }
  for (const at of open) marks.unpaired.add(at);
  return marks;
}

function isApostrophe(text: string, at: number): boolean {
  return isQuote(text.charCodeAt(at)) && isWordCharacterBefore(text, at) && isWordCharacterAt(text, at + 1);
}

/**
 * The core of the word between `start` and `end`: without unbalanced brackets and quotes at its edges, parentheses around
 * all of it, one leading `@` and one trailing colon. Undefined if an unbalanced bracket is left inside, as in `printf(i`
 * before `++)`: that is code.
 */
export function wordCore(text: string, start: number, end: number): WordCore | undefined {
  const core: WordCore = { start, end, hadAt: false };
  const marks = MARK.test(text.slice(start, end)) ? marksOf(text, start, end) : NO_MARKS;
  let hadColon = false;
  do {
    stripStart(text, core, marks);
    hadColon = stripEnd(text, core, marks, hadColon);
  } while (unwrap(text, core, marks));
  for (const at of marks.unpaired) {
    const isInside = at >= core.start && at < core.end;
    if (isInside && !isQuote(text.charCodeAt(at)) && !SPANISH_OPENERS.includes(text.charAt(at)))
      return undefined;
  }
  return core;
}

function stripStart(text: string, core: WordCore, { unpaired }: Marks): void {
  for (; core.start < core.end; core.start++) {
    const unit = text.charCodeAt(core.start);
    if (unpaired.has(core.start) || isInvisible(unit)) continue;
    if (unit !== Unit.at || core.hadAt) return;
    core.hadAt = true;
  }
}

/** Gives whether a colon was taken off, now or before. What cannot be seen is passed over, as it may end an emoji. */
function stripEnd(text: string, core: WordCore, { unpaired }: Marks, hadColon: boolean): boolean {
  let hasColon = hadColon;
  for (let at = core.end; at > core.start; at--) {
    const unit = text.charCodeAt(at - 1);
    const isColon = !hasColon && (unit === Unit.colon || unit === Unit.wideColon);
    if (!isColon && !unpaired.has(at - 1) && !isInvisible(unit)) break;
    if (isColon) hasColon = true;
    if (isColon || unpaired.has(at - 1)) core.end = at - 1;
  }
  return hasColon;
}

/** Takes off parentheses around the whole word, if there are any: without an operator of its own, a group is its words. */
function unwrap(text: string, core: WordCore, { partnerOf }: Marks): boolean {
  if (!isOpenParenthesis(text.charCodeAt(core.start)) || partnerOf.get(core.start) !== core.end - 1)
    return false;
  core.start++;
  core.end--;
  return true;
}
