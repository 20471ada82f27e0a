import { isWhiteSpace, isWordCharacterBefore, Unit } from '../characters';
import { backticksEnd, CodeRegions } from './code';

/** A part of a text, from `start` to before `end`. */
export interface Region {
  start: number;
  end: number;
}

const SCHEME_CHARACTER = /[a-z0-9+.-]/i;

/**
 * Where a URL's rest ends that begins at `index`: at white space, an angle bracket, spoiler bars, or a closing parenthesis
 * whose partner stands before the URL (`openBefore` of them are open there). URLs may hold nearly anything else, `++` too.
 */
function restEnd(text: string, index: number, openBefore: number): number {
  let openInside = 0;
  let at = index;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isWhiteSpace(unit) || unit === Unit.less || unit === Unit.greater) break;
    if (unit === Unit.bar && text.charCodeAt(at + 1) === Unit.bar) break;
    if (unit === Unit.open) openInside++;
    if (unit !== Unit.close) continue;
    if (openInside > 0) openInside--;
    else if (openBefore > 0) break;
  }
  return at;
}

/**
 * The URL whose `://` is at `index`, of any scheme. The scheme is looked for back to `earliest`, so that a text of many is
 * read once. Undefined if either side of `://` is missing.
 */
function linkAround(text: string, index: number, earliest: number, openBefore: number): Region | undefined {
  if (index === earliest || !SCHEME_CHARACTER.test(text.charAt(index - 1))) return undefined;
  const rest = index + '://'.length;
  const end = restEnd(text, rest, openBefore);
  if (end === rest) return undefined;
  let start = index - 1;
  while (start > earliest && SCHEME_CHARACTER.test(text.charAt(start - 1))) start--;
  return { start, end };
}

/** The URL without a scheme, `www.example.org/c++`, that begins at `index`; undefined if none does. */
function bareLinkAt(text: string, index: number, openBefore: number): Region | undefined {
  if (text.slice(index, index + 4).toLowerCase() !== 'www.' || isWordCharacterBefore(text, index))
    return undefined;
  const end = restEnd(text, index + 4, openBefore);
  return end === index + 4 ? undefined : { start: index, end };
}

/** A text without what is not read, and where some of that stood. */
export interface Blanked {
  /** As long as the text before. */
  text: string;
  /** Code spans and URLs, in order: they are not read for names, but belong to the sentence around them. */
  spans: readonly Region[];
  /** Code blocks, in order. */
  blocks: readonly Region[];
}

/** What any ignored region has in it. Most messages have none and are passed on as they are. */
const WORTH_A_SCAN = /[`~>]|:\/\/|www\./i;

const STRIKE = '~~';
const QUOTED_LINE = '> ';
const QUOTED_REST = '>>> ';

const ESCAPABLE = ['`', '~', '\\'];

/** Discord wants something between the strikes, so the closing ones are at least this far from the opening ones. */
const STRIKE_REACH = 3;

/**
 * Walks a text once, from left to right, and copies what is to be read. Whatever begins first wins, as in Discord: a quote
 * in a code block is code, backticks on a quoted line are quoted. What is ignored becomes as many spaces, so that what stood
 * on either side of it is not joined and keeps its place; the line breaks around it stay.
 */
class IgnoredRegionScan {
  readonly #text: string;
  #out = '';
  /** Up to here the text is copied or blanked. */
  #done = 0;
  #at = 0;
  #startsLine: boolean;
  #openParentheses = 0;
  #codeRegions: CodeRegions | undefined;
  readonly #spans: Region[] = [];
  readonly #blocks: Region[] = [];

  constructor(text: string, startsLine: boolean) {
    this.#text = text;
    this.#startsLine = startsLine;
  }

  run(): Blanked {
    while (this.#at < this.#text.length) this.#step(this.#text.charCodeAt(this.#at));
    const text = this.#out + this.#text.slice(this.#done);
    return { text, spans: this.#spans, blocks: this.#blocks };
  }

  #ignore(start: number, end: number): void {
    this.#out += this.#text.slice(this.#done, start) + ' '.repeat(end - start);
    this.#done = end;
    this.#at = end;
    this.#startsLine = false;
  }

  #step(unit: number): void {
    const before = this.#at;
    if (unit === Unit.greater && this.#startsLine) this.#quote();
    else if (unit === Unit.backtick) this.#code();
    else if (unit === Unit.tilde) this.#strike();
    else if (unit === Unit.colon) this.#link();
    else if (unit === 0x77 || unit === 0x57) this.#bareLink();
    else if (unit === Unit.backslash) this.#escape();
    else if (unit === Unit.open) this.#openParentheses++;
    else if (unit === Unit.close && this.#openParentheses > 0) this.#openParentheses--;
    if (this.#at !== before) return;
    this.#at++;
    if (unit === Unit.lineFeed) this.#startsLine = true;
    else if (unit !== Unit.space) this.#startsLine = false;
  }

  #quote(): void {
    const { length } = this.#text;
    if (this.#text.startsWith(QUOTED_REST, this.#at)) this.#ignore(this.#at, length);
    else if (this.#text.startsWith(QUOTED_LINE, this.#at)) {
      const lineEnd = this.#text.indexOf('\n', this.#at);
      this.#ignore(this.#at, lineEnd === -1 ? length : lineEnd);
    }
  }

  #code(): void {
    this.#codeRegions ??= new CodeRegions(this.#text);
    const code = this.#codeRegions.at(this.#at);
    if (code !== undefined) {
      (code.isBlock ? this.#blocks : this.#spans).push({ start: this.#at, end: code.end });
      this.#ignore(this.#at, code.end);
    } else {
      this.#at = backticksEnd(this.#text, this.#at);
      this.#startsLine = false;
    }
  }

  /** Where nothing closes it, no more strikes come, so this search is not made again and again. */
  #strike(): void {
    if (!this.#text.startsWith(STRIKE, this.#at)) return;
    const closing = this.#text.indexOf(STRIKE, this.#at + STRIKE_REACH);
    if (closing !== -1) this.#ignore(this.#at, closing + STRIKE.length);
  }

  #link(): void {
    if (!this.#text.startsWith('://', this.#at)) return;
    const link = linkAround(this.#text, this.#at, this.#done, this.#openParentheses);
    if (link !== undefined) this.#ignoreLink(link);
  }

  #bareLink(): void {
    const link = bareLinkAt(this.#text, this.#at, this.#openParentheses);
    if (link !== undefined) this.#ignoreLink(link);
  }

  #ignoreLink(link: Region): void {
    this.#spans.push(link);
    this.#ignore(link.start, link.end);
  }

  /** An escaped character opens nothing. */
  #escape(): void {
    if (!ESCAPABLE.includes(this.#text.charAt(this.#at + 1))) return;
    this.#at += 2;
    this.#startsLine = false;
  }
}

/**
 * The text with spaces instead of what is not read: fenced code, code spans, quoted lines (`> `) and everything after `>>> `,
 * struck-out text and URLs. `startsLine` says whether the text begins at the start of a line. Linear.
 */
export function blankIgnored(text: string, startsLine: boolean): Blanked {
  return WORTH_A_SCAN.test(text)
    ? new IgnoredRegionScan(text, startsLine).run()
    : { text, spans: [], blocks: [] };
}
