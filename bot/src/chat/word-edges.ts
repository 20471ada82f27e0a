import { isInvisible, isQuote, isWordCharacterAt, isWordCharacterBefore, Unit } from './characters';

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

/** The indexes of brackets and quotes in the word that have no partner in it. An apostrophe between letters is neither. */
function unpairedMarks(text: string, start: number, end: number): Set<number> {
  const unpaired = new Set<number>();
  const open: number[] = [];
  for (let at = start; at < end; at++) {
    const mark = text.charAt(at);
    if (!MARK.test(mark)) continue;
    if (SPANISH_OPENERS.includes(mark)) unpaired.add(at);
    if (isApostrophe(text, at, start, end)) continue;
    const last = open.at(-1);
    if (last !== undefined && OPENERS_OF.get(mark)?.includes(text.charAt(last))) open.pop();
    else if (OPENERS.has(mark)) open.push(at);
    else unpaired.add(at);
  }
  for (const at of open) unpaired.add(at);
  return unpaired;
}

function isApostrophe(text: string, at: number, start: number, end: number): boolean {
  if (!isQuote(text.charCodeAt(at)) || at === start || at + 1 === end) return false;
  return isWordCharacterBefore(text, at) && isWordCharacterAt(text, at + 1);
}

/**
 * The core of the word between `start` and `end`: without unbalanced brackets and quotes at its edges, one leading `@` and
 * one trailing colon. Undefined if an unbalanced bracket is left inside, as in `printf(i` before `++)`: that is code.
 */
export function wordCore(text: string, start: number, end: number): WordCore | undefined {
  const core: WordCore = { start, end, hadAt: false };
  const unpaired = MARK.test(text.slice(start, end)) ? unpairedMarks(text, start, end) : new Set<number>();
  stripStart(text, core, unpaired);
  stripEnd(text, core, unpaired);
  for (const at of unpaired) {
    const isInside = at >= core.start && at < core.end;
    if (isInside && !isQuote(text.charCodeAt(at)) && !SPANISH_OPENERS.includes(text.charAt(at)))
      return undefined;
  }
  return core;
}

function stripStart(text: string, core: WordCore, unpaired: ReadonlySet<number>): void {
  for (; core.start < core.end; core.start++) {
    const unit = text.charCodeAt(core.start);
    if (unpaired.has(core.start) || isInvisible(unit)) continue;
    if (unit !== Unit.at || core.hadAt) return;
    core.hadAt = true;
  }
}

function stripEnd(text: string, core: WordCore, unpaired: ReadonlySet<number>): void {
  let hadColon = false;
  for (let at = core.end; at > core.start; at--) {
    const unit = text.charCodeAt(at - 1);
    if (unpaired.has(at - 1)) core.end = at - 1;
    else if ((unit === Unit.colon || unit === Unit.wideColon) && !hadColon) {
      hadColon = true;
      core.end = at - 1;
    } else if (!isInvisible(unit)) return;
  }
}
