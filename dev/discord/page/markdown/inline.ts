import type { Inline } from './node';
import { codeSpan, emphasisSpan, fencedBlock, pairSpan } from './span';

/** Deeper than this, marks are shown as written: nobody means it, and the work stays proportional to the text. */
const MAX_DEPTH = 12;

const PAIRS = [
  ['**', 'strong'],
  ['__', 'underline'],
  ['~~', 'strike'],
  ['||', 'spoiler'],
] as const;

const ESCAPED = /\\([^0-9A-Za-z\s])/y;
const MENTION = /<(@[!&]?|#)([1-9]\d{0,18})>/y;
const CUSTOM_EMOJI = /<a?:(\w{2,32}):([1-9]\d{0,18})>/y;
const TIME = /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y;
const BRACED_URL = /<(https?:\/\/[^\s<>]+)>/y;
const BARE_URL = /https?:\/\/[^\s<]+[^\s<.,:;"'\]]/y;
const MASKED_LINK = /\[((?:\\.|[^\]\\\n])+)\]\(<?(https?:\/\/[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?\)/y;
const EVERYONE = /@(everyone|here)/y;

interface Piece {
  readonly node: Inline;
  readonly end: number;
}

/**
 * Reads text as Discord's inline markdown. Never throws; what is not markdown is text, and no character is lost.
 * @see https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101
 */
export function parseInline(text: string, depth = 0): Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  let index = 0;
  // A mark that found no partner once will find none further on either; without this, `**********…` would be quadratic.
  const hopeless = new Set<string>();
  while (index < text.length) {
    const piece = pieceAt(text, index, depth, hopeless);
    if (piece === undefined) {
      plain += text[index];
      index += 1;
      continue;
    }
    if (piece.node.type === 'text') {
      plain += piece.node.text;
    } else {
      if (plain !== '') nodes.push({ type: 'text', text: plain });
      plain = '';
      nodes.push(piece.node);
    }
    index = piece.end;
  }
  if (plain !== '') nodes.push({ type: 'text', text: plain });
  return nodes;
}

function pieceAt(text: string, at: number, depth: number, hopeless: Set<string>): Piece | undefined {
  switch (text[at]) {
    case '\\':
      return match(ESCAPED, text, at, ([, character = '']) => ({ type: 'text', text: character }));
    case '`':
      return codeAt(text, at);
    case '<':
      return angledAt(text, at);
    case 'h':
      return bareUrlAt(text, at);
    case '[':
      return match(MASKED_LINK, text, at, ([whole, label = '', url = '']) =>
        URL.canParse(url) && depth < MAX_DEPTH
          ? { type: 'link', url, children: withoutLinks(parseInline(label, depth + 1)) }
          : { type: 'text', text: whole },
      );
    case '@':
      return match(EVERYONE, text, at, ([, name]) => ({
        type: 'everyone',
        name: name === 'here' ? 'here' : 'everyone',
      }));
    case '*':
    case '_':
    case '~':
    case '|':
      return depth < MAX_DEPTH ? markedAt(text, at, depth, hopeless) : undefined;
    default:
      return undefined;
  }
}

function codeAt(text: string, at: number): Piece | undefined {
  const block = fencedBlock(text, at);
  if (block !== undefined) {
    const node = { type: 'code-block', language: block.language, text: block.content } as const;
    // The line break behind a block is the block's own.
    return { node, end: text[block.end] === '\n' ? block.end + 1 : block.end };
  }
  const span = codeSpan(text, at);
  if (span !== undefined) return { node: { type: 'code', text: span.content }, end: span.end };
  const run = /`+/y;
  run.lastIndex = at;
  const ticks = run.exec(text)?.[0] ?? '`';
  return { node: { type: 'text', text: ticks }, end: at + ticks.length };
}

function angledAt(text: string, at: number): Piece | undefined {
  return (
    match(MENTION, text, at, ([, sign, id = '']) => ({
      type: sign === '#' ? 'channel' : sign === '@&' ? 'role' : 'user',
      id,
    })) ??
    match(CUSTOM_EMOJI, text, at, ([, name = '', id = '']) => ({ type: 'emoji', name, id })) ??
    match(TIME, text, at, ([, seconds, style]) => ({
      type: 'time',
      atMs: Number(seconds) * 1000,
      relative: style === 'R',
    })) ??
    match(BRACED_URL, text, at, ([whole, url = '']) =>
      URL.canParse(url)
        ? { type: 'link', url, children: [{ type: 'text', text: url }] }
        : { type: 'text', text: whole },
    )
  );
}

function bareUrlAt(text: string, at: number): Piece | undefined {
  BARE_URL.lastIndex = at;
  const found = BARE_URL.exec(text)?.[0];
  if (found === undefined) return undefined;
  const url = withoutUnopenedBrackets(found);
  if (!URL.canParse(url)) return undefined;
  return { node: { type: 'link', url, children: [{ type: 'text', text: url }] }, end: at + url.length };
}

/** `(see https://example.org/a_(b))`: the last bracket closes the one outside. */
function withoutUnopenedBrackets(url: string): string {
  let end = url.length;
  let unopened = 0;
  for (const character of url) {
    if (character === '(') unopened -= 1;
    if (character === ')') unopened += 1;
  }
  while (unopened > 0 && url[end - 1] === ')') {
    end -= 1;
    unopened -= 1;
  }
  return url.slice(0, end);
}

function markedAt(text: string, at: number, depth: number, hopeless: Set<string>): Piece | undefined {
  for (const [mark, type] of PAIRS) {
    if (!text.startsWith(mark, at) || hopeless.has(mark)) continue;
    const span = pairSpan(text, at, mark);
    if (span === undefined) hopeless.add(mark);
    else return { node: { type, children: parseInline(span.content, depth + 1) }, end: span.end };
  }
  const mark = text[at];
  if (mark !== '*' && mark !== '_') return undefined;
  const span = emphasisSpan(text, at);
  if (span === undefined) return undefined;
  return { node: { type: 'emphasis', children: parseInline(span.content, depth + 1) }, end: span.end };
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
  build: (found: RegExpExecArray) => Inline,
): Piece | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { node: build(found), end: at + found[0].length };
}

/** A link inside a link's label would be two places to go to with one click. */
function withoutLinks(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node) => (node.type === 'link' ? withoutLinks(node.children) : [node]));
}
