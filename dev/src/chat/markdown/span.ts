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

/** A fenced block that opens at three backticks: everything up to the next three. Undefined where it is empty or open. */
export function fencedBlock(text: string, at: number): (Span & { language: string }) | undefined {
  if (!text.startsWith('```', at)) return undefined;
  const close = text.indexOf('```', at + 3);
  if (close === -1) return undefined;
  const inside = text.slice(at + 3, close);
  const language = /^([\w+\-.#]+)\n/.exec(inside)?.[1] ?? '';
  const content = inside.slice(language.length).replace(/^\n+|\n+$/g, '');
  if (content.trim() === '') return undefined;
  return { language, content, end: close + 3 };
}

/** `**`, `__`, `~~` and `||`: up to the next such pair outside code; a longer run closes with its last two. */
export function pairSpan(text: string, at: number, mark: string): Span | undefined {
  const start = at + mark.length;
  const greedy = mark === '**' || mark === '__';
  for (let index = start; index < text.length; index = next(text, index)) {
    if (!text.startsWith(mark, index)) continue;
    if (greedy && text[index + mark.length] === mark[0]) continue;
    if (index > start) return { content: text.slice(start, index), end: index + mark.length };
  }
  return undefined;
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
