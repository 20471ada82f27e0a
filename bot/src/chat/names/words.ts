import {
  isInvisible,
  isOpenParenthesis,
  isQuote,
  isSentenceMark,
  isWordCharacterAt,
  isWordCharacterBefore,
  Unit,
} from '../characters';
import { subjectKey } from '../subjects/subject';
import { isStep, type SignRun, type Step, signRunAt } from './operators';

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
function wordCore(text: string, start: number, end: number): WordCore | undefined {
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

/** Names that end in `++` without meaning it. A name is here only if nobody would write it to thank someone. */
const KNOWN_NAMES = new Set([
  'c++',
  'g++',
  'clang++',
  'notepad++',
  'libstdc++',
  'libc++',
  'libg++',
  'libsigc++',
  'libxml++',
  'objective-c++',
  'obj-c++',
  'objc++',
  'objectivec++',
  'visual-c++',
  'visualc++',
  'vc++',
  'msvc++',
  'turbo-c++',
  'turboc++',
  'borland-c++',
  'dev-c++',
  'devc++',
  'embedded-c++',
  'aspectc++',
  'xerces-c++',
  'nvc++',
  'pgc++',
  'xlc++',
  'icpc++',
  'mpic++',
  'dpc++',
  'omnet++',
  'magick++',
]);

/** Compilers are often named for what they compile for: `arm-none-eabi-g++`. */
const TRIPLET_SUFFIXES = ['-g++', '-clang++'];

const LONGEST_KNOWN_NAME = 64;

/**
 * Whether a word, its `++` included, is a name and not a thank-you. Any case; of `C/C++` and `/usr/bin/g++` the last part
 * decides, and so do words that come before it, as in `Visual C++`.
 */
function isKnownName(word: string): boolean {
  const name = word.slice(word.lastIndexOf('/') + 1);
  if (name.length > LONGEST_KNOWN_NAME) return false;
  const key = subjectKey(name);
  return KNOWN_NAMES.has(key) || TRIPLET_SUFFIXES.some((suffix) => key.endsWith(suffix));
}

/** A word, as far as it reaches with its operator. */
export interface Word extends WordCore {
  /** Zero for a known name without an operator of its own. */
  step: Step | 0;
  /** The index after the operator. */
  after: number;
}

/** One `+` or `-` belongs to a name; from two on, signs are an operator, whole or not. */
const SIGN_RUN = /[+＋]{2,}|[-－]{2,}/;
const FEWEST_SIGNS = 2;

/** The em dash is here because phones make it of `--`: a word with one inside is a word with an operator inside. */
const CODE = /[;=<>{}|\\—]/;

/** Whether the text holds a character that makes a word code, and not a name. */
export function holdsCode(text: string): boolean {
  return CODE.test(text);
}

interface FoundRun extends SignRun {
  start: number;
}

function firstRun(text: string, start: number, end: number): FoundRun | undefined {
  const found = SIGN_RUN.exec(text.slice(start, end));
  if (found === null) return undefined;
  const [signs] = found;
  const at = start + found.index;
  const step = signs.startsWith('+') || signs.startsWith('＋') ? 1 : -1;
  return { start: at, end: at + signs.length, signs: signs.length, step, hasDash: false };
}

/**
 * The first word with an operator between `start` and `end`, where there is no white space. `'none'` if there is no
 * operator; undefined if what is there is no name with an operator: five signs, or half a bracket before them.
 */
export function firstWord(text: string, start: number, end: number): Word | 'none' | undefined {
  const run = firstRun(text, start, end);
  if (run === undefined) return 'none';
  const core = wordCore(text, start, run.start);
  if (core === undefined) return undefined;
  const isPlus = run.step === 1;
  if (isPlus && core.end === run.start && isKnownName(`${text.slice(core.start, core.end)}++`))
    return knownWord(text, core, run);
  return isStep(run.signs) ? { ...core, step: run.step, after: run.end } : undefined;
}

/** A name like C++: the first two signs are its own, what follows is the operator. */
function knownWord(text: string, core: WordCore, run: FoundRun): Word | undefined {
  const name = { ...core, end: run.start + FEWEST_SIGNS };
  if (run.signs > FEWEST_SIGNS)
    return isStep(run.signs - FEWEST_SIGNS) ? { ...name, step: 1, after: run.end } : undefined;
  const minus = signRunAt(text, run.end);
  if (minus === undefined) return { ...name, step: 0, after: run.end };
  return isStep(minus.signs) ? { ...name, step: -1, after: minus.end } : undefined;
}

/** The word without an operator between `start` and `end`, without the sentence marks after it. */
export function bareWord(text: string, start: number, end: number): WordCore | undefined {
  const core = wordCore(text, start, trimMarks(text, start, end));
  return core === undefined ? undefined : { ...core, end: trimMarks(text, core.start, core.end) };
}

function trimMarks(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && isSentenceMark(text.charCodeAt(last - 1))) last--;
  return last;
}

/** Whether nothing but one colon, if anything, stands between the word and `end`. */
export function reaches(text: string, word: WordCore, end: number): boolean {
  const unit = text.charCodeAt(word.end);
  return word.end === end || (word.end + 1 === end && (unit === Unit.colon || unit === Unit.wideColon));
}
