/** Where a piece of markdown that starts at some index ends (`end` is the first index after it), and what is inside. */
export interface Span {
  readonly content: string;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}_]/u;

/** The number of equal characters at an index. */
export function runLength(text: string, at: number): number {
  const character = text[at];
  let end = at;
  while (end < text.length && text[end] === character) end += 1;
  return end - at;
}

/**
 * Inline code that opens at a backtick: as many backticks close it as opened it. Undefined where none do; the run is
 * then ordinary text. One space next to each end is dropped when there is one on both, so that a backtick fits inside.
 */
export function codeSpan(text: string, at: number): Span | undefined {
  const opening = runLength(text, at);
  let from = at + opening;
  while (true) {
    const close = text.indexOf('`', from);
    if (close === -1) return undefined;
    const length = runLength(text, close);
    if (length === opening) {
      const raw = text.slice(at + opening, close);
      const padded = raw.startsWith(' ') && raw.endsWith(' ') && raw.trim() !== '';
      return { content: padded ? raw.slice(1, -1) : raw, end: close + length };
    }
    from = close + length;
  }
}

const LANGUAGE = /([a-z0-9_+.#-]+)\n/iy;

/**
 * A fenced block that opens at three backticks, wherever they stand: everything up to the next three, but one character at
 * least after the line of the language and after line breaks. Undefined where nothing closes it.
 */
export function fencedBlock(text: string, at: number): (Span & { language: string }) | undefined {
  if (!text.startsWith('```', at)) return undefined;
  LANGUAGE.lastIndex = at + 3;
  const language = LANGUAGE.exec(text)?.[1];
  const block = language === undefined ? undefined : fencedContent(text, LANGUAGE.lastIndex);
  if (language !== undefined && block !== undefined) return { language, ...block };
  const plain = fencedContent(text, at + 3);
  return plain === undefined ? undefined : { language: '', ...plain };
}

function fencedContent(text: string, from: number): Span | undefined {
  let first = from;
  while (text[first] === '\n') first += 1;
  const close = text.indexOf('```', first + 1);
  if (close === -1) return undefined;
  return { content: text.slice(first, close).replace(/\n+$/, ''), end: close + 3 };
}

/**
 * `~~` and `||`: up to the next such pair, also one in code, which begins later; `**` and `__`: up to the next outside code,
 * and a longer run closes with its last two.
 */
export function pairSpan(text: string, at: number, mark: string): Span | undefined {
  const start = at + mark.length;
  if (mark === '~~' || mark === '||') {
    const close = text.indexOf(mark, start + 1);
    return close === -1 ? undefined : { content: text.slice(start, close), end: close + mark.length };
  }
  for (let index = start; index < text.length; index = next(text, index)) {
    if (!text.startsWith(mark, index) || text[index + mark.length] === mark[0]) continue;
    if (index > start) return { content: text.slice(start, index), end: index + mark.length };
  }
  return undefined;
}

/** The index after what begins at an index and may hold line breaks that end no line: code, struck-out text, an escape. */
export function lineSpanEnd(text: string, at: number): number {
  switch (text[at]) {
    case '\\':
      return /[^0-9A-Za-z\s]/.test(text[at + 1] ?? '') ? at + 2 : at + 1;
    case '`':
      return (fencedBlock(text, at) ?? codeSpan(text, at))?.end ?? at + runLength(text, at);
    case '~':
      return (text[at + 1] === '~' ? pairSpan(text, at, '~~')?.end : undefined) ?? at + 1;
    default:
      return at + 1;
  }
}

/**
 * A single `*` or `_`. What it encloses neither begins nor ends with white space, and for `_` the outside neighbours are
 * no part of a word, so that `snake_case_names` stay as they are.
 */
export function emphasisSpan(text: string, at: number): Span | undefined {
  const mark = text[at];
  const start = at + 1;
  if (start >= text.length || isSpace(text[start]) || text[start] === mark) return undefined;
  if (mark === '_' && isWord(text[at - 1])) return undefined;
  for (let index = start; index < text.length; index = next(text, index)) {
    if (text[index] !== mark) continue;
    if (text[index + 1] === mark) {
      index += 1;
      continue;
    }
    const closes = mark === '*' ? !isSpace(text[index - 1]) : !isWord(text[index + 1]);
    return closes ? { content: text.slice(start, index), end: index + 1 } : undefined;
  }
  return undefined;
}

/** The next index to look at: past an escaped character or a whole piece of code. */
function next(text: string, index: number): number {
  if (text[index] === '\\') return index + 2;
  if (text[index] !== '`') return index + 1;
  return codeSpan(text, index)?.end ?? index + runLength(text, index);
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && WORD.test(character);
}
