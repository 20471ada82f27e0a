import { isWhiteSpace, isWordCharacterAt, isWordCharacterBefore, Unit } from '../characters';
import { type Blanked, blankIgnored, type Region } from './ignored-regions';

/** A text and where in the message it was written. */
interface PlacedText {
  text: string;
  /** By index in the text, the index in the message; undefined where each is its own. UTF-16 code units. */
  indexes: Int32Array | undefined;
}

/** A text to be read for names, where in the message it was written, and what became of the rest of the message. */
export interface ReadableText extends PlacedText {
  message: string;
  /** As long as the message: with the marks of emphasis, and spaces instead of what is not read and of spoiler bars. */
  blanked: string;
  /** Code spans, URLs and code blocks, by index in the message. */
  ignored: Pick<Blanked, 'spans' | 'blocks'>;
  /** What spoiler bars hide, the bars included, by index in the message. */
  hidden: readonly Region[];
}

const BARS = '||';

/** Two white space characters, so that what comes after keeps its place. */
const BLANK = '  ';

/**
 * The text with spoiler bars as white space. Bars without a partner count too, unless something stands right on both
 * sides: `a||b++` is the "or" of code.
 */
function blankSpoilers(text: string): { text: string; hidden: Region[] } {
  const bars: number[] = [];
  for (let at = text.indexOf(BARS); at !== -1; at = text.indexOf(BARS, at + BARS.length)) bars.push(at);
  const last = bars.at(-1);
  if (last === undefined) return { text, hidden: [] };
  if (bars.length % 2 === 1 && isBetweenWords(text, last)) bars.pop();
  let out = '';
  let copied = 0;
  for (const at of bars) {
    out += text.slice(copied, at) + BLANK;
    copied = at + BARS.length;
  }
  return { text: out + text.slice(copied), hidden: between(bars) };
}

/** What pairs of bars enclose; the last of an odd number hides nothing. */
function between(bars: readonly number[]): Region[] {
  const regions: Region[] = [];
  for (let pair = 1; pair < bars.length; pair += 2)
    regions.push({ start: bars[pair - 1] ?? 0, end: (bars[pair] ?? 0) + BARS.length });
  return regions;
}

function isBetweenWords(text: string, at: number): boolean {
  const after = at + BARS.length;
  const hasWordBefore = at > 0 && !isWhiteSpace(text.charCodeAt(at - 1));
  return hasWordBefore && after < text.length && !isWhiteSpace(text.charCodeAt(after));
}

const MARKER = /[*_]/;
const STAR = 0x2a;
const UNDERSCORE = 0x5f;

/** Markers that may be closed: those between `start` and `end` that nothing closed yet. */
interface Opened {
  start: number;
  end: number;
}

/**
 * The text without the markers of bold, italic and underline that pair up. As CommonMark has it, a marker opens where
 * something but white space follows, and closes where something but white space precedes; and as it has it for `_`, only at
 * the edge of a word, so `snake_case_name` and `a*b*c` stay as they are. Every marker is looked at once.
 * @see https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis
 */
function dropEmphasis(text: string): PlacedText {
  if (!MARKER.test(text)) return { text, indexes: undefined };
  const opened = { [STAR]: [] as Opened[], [UNDERSCORE]: [] as Opened[] };
  const isDropped = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== STAR && unit !== UNDERSCORE) continue;
    let end = at + 1;
    while (text.charCodeAt(end) === unit) end++;
    const isEscaped = text.charCodeAt(at - 1) === Unit.backslash;
    if (!isEscaped) pairUp(text, { start: at, end }, opened[unit], isDropped);
    at = end - 1;
  }
  return withoutDropped(text, isDropped);
}

function pairUp(text: string, run: Opened, opened: Opened[], isDropped: Uint8Array): void {
  const { end } = run;
  let { start } = run;
  const hasAfter = end < text.length && !isWhiteSpace(text.charCodeAt(end));
  const hasBefore = start > 0 && !isWhiteSpace(text.charCodeAt(start - 1));
  const opens = hasAfter && !isWordCharacterBefore(text, start);
  const closes = hasBefore && !isWordCharacterAt(text, end);
  for (let last = opened.at(-1); closes && start < end && last !== undefined; last = opened.at(-1)) {
    const width = Math.min(end - start, last.end - last.start);
    isDropped.fill(1, last.end - width, last.end);
    isDropped.fill(1, start, start + width);
    start += width;
    last.end -= width;
    if (last.start === last.end) opened.pop();
  }
  if (opens && start < end) opened.push({ start, end });
}

function withoutDropped(text: string, isDropped: Uint8Array): PlacedText {
  let at = isDropped.indexOf(1);
  if (at === -1) return { text, indexes: undefined };
  const indexes = new Int32Array(text.length);
  let out = '';
  let copied = 0;
  const copyTo = (end: number) => {
    for (let index = copied, kept = out.length; index < end; index++, kept++) indexes[kept] = index;
    out += text.slice(copied, end);
  };
  for (; at !== -1; at = isDropped.indexOf(1, at)) {
    copyTo(at);
    while (isDropped[at] === 1) at++;
    copied = at;
  }
  copyTo(text.length);
  return { text: out, indexes };
}

/**
 * What of a message is read for names: with spaces instead of code, quotes, struck-out text, URLs and spoiler bars, and
 * without the markers of emphasis. `startsLine` says whether the text begins at the start of a line.
 */
export function readableText(message: string, startsLine: boolean): ReadableText {
  const { text, ...ignored } = blankIgnored(message, startsLine);
  const { text: blanked, hidden } = blankSpoilers(text);
  return { ...dropEmphasis(blanked), message, blanked, ignored, hidden };
}

/** The index in the message of what begins at `start` in the text. */
export function startInMessage({ indexes }: PlacedText, start: number): number {
  return indexes?.[start] ?? start;
}

/** The index in the message of the end of what ends at `end` in the text; markers that follow it are not part of it. */
export function endInMessage({ indexes }: PlacedText, end: number): number {
  return indexes === undefined ? end : (indexes[end - 1] ?? end - 1) + 1;
}

/** Shows nothing, so whoever shows the text drops it. */
const DROPPED = '\0';

/** A line break, and not a space: a code block stands on lines of its own wherever it was written. */
const BLOCK = '\n';

function overlay(text: string, regions: readonly Region[], fill: (region: Region) => string): string {
  if (regions.length === 0) return text;
  let out = '';
  let copied = 0;
  for (const region of regions) {
    out += text.slice(copied, region.start) + fill(region);
    copied = region.end;
  }
  return out + text.slice(copied);
}

/** The places in the message that the text does not have, which are marks of emphasis. */
function droppedRegions({ text, blanked, indexes }: ReadableText): Region[] {
  if (indexes === undefined) return [];
  const regions: Region[] = [];
  let next = 0;
  for (let at = 0; at <= text.length; at++) {
    const index = at === text.length ? blanked.length : (indexes[at] ?? next);
    if (index > next) regions.push({ start: next, end: index });
    next = index + 1;
  }
  return regions;
}

/**
 * What of a message may be quoted from it, each character at its place in the message: code spans (on one line) and URLs as
 * they were written, line breaks instead of code blocks, spaces instead of what is quoted, struck out or hidden by spoiler
 * bars, and control characters instead of the marks of emphasis. As long as the message. Linear.
 */
export function quotableText(readable: ReadableText): string {
  const { message, blanked, ignored, hidden } = readable;
  const blank = ({ start, end }: Region) => ' '.repeat(end - start);
  let text = overlay(blanked, ignored.spans, ({ start, end }) =>
    message.slice(start, end).replace(/\p{White_Space}/gu, ' '),
  );
  text = overlay(text, ignored.blocks, ({ start, end }) => BLOCK.repeat(end - start));
  text = overlay(text, hidden, blank);
  return overlay(text, droppedRegions(readable), ({ start, end }) => DROPPED.repeat(end - start));
}
