import { isSentenceMark, Unit } from '../characters';
import { isKnownName } from './known-names';
import { isStep, type SignRun, type Step, signRunAt } from './operators';
import { type WordCore, wordCore } from './word-edges';

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
