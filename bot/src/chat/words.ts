import { isCode, isSentenceMark, Unit } from './characters';
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

/** The signs that make an operator, whole or not: one `+` or `-` belongs to a name. */
const FEWEST_SIGNS = 2;

/** Whether the text between `start` and `end` holds a character that makes a word code. */
export function holdsCode(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (isCode(text.charCodeAt(at))) return true;
  return false;
}

interface FoundRun extends SignRun {
  start: number;
}

function firstRun(text: string, start: number, end: number): FoundRun | undefined {
  for (let at = start; at < end; at++) {
    const run = signRunAt(text, at);
    if (run === undefined) continue;
    if (run.signs >= FEWEST_SIGNS) return { ...run, start: at };
    at = run.end - 1;
  }
  return undefined;
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
