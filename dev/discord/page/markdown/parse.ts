import { parseInline } from './inline';
import type { Block } from './node';
import { lineSpanEnd } from './span';

const QUOTED_LINE = /^ *> (.*)$/;
const QUOTED_REST = /^ *>>> /;
const HEADING = /^ {0,3}(#{1,3}) +(\S.*)$/;
const SUBTEXT = /^ {0,3}-# +(\S.*)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(\S.*)$/;
const MAX_ITEM_DEPTH = 5;

/**
 * Reads a Discord message. Pure, never throws, and its work is proportional to the text (times the depth of nesting,
 * which is bounded). Ordered lists keep the numbers as written.
 */
export function parseMarkdown(source: string): Block[] {
  return parseBlocks(source.replaceAll('\r\n', '\n'), false);
}

function parseBlocks(text: string, quoted: boolean): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ type: 'paragraph', children: parseInline(paragraph.join('\n')) });
    paragraph = [];
  };
  const lines = text.split('\n');
  let line = 0;
  while (line < lines.length) {
    const current = lines[line] ?? '';
    if (!quoted && QUOTED_REST.test(current)) {
      endParagraph();
      const rest = lines.slice(line).join('\n').replace(QUOTED_REST, '');
      blocks.push({ type: 'quote', children: parseBlocks(rest, true) });
      return blocks;
    }
    if (!quoted && QUOTED_LINE.test(current)) {
      endParagraph();
      const inside = takeQuotedLines(lines, line);
      blocks.push({ type: 'quote', children: parseBlocks(inside.join('\n'), true) });
      line += inside.length;
      continue;
    }
    const block = lineBlock(current);
    if (block !== undefined) {
      endParagraph();
      blocks.push(block);
      line += 1;
      continue;
    }
    const length = paragraphLines(lines, line);
    paragraph.push(...lines.slice(line, line + length));
    line += length;
  }
  endParagraph();
  return blocks;
}

function takeQuotedLines(lines: readonly string[], from: number): string[] {
  const inside: string[] = [];
  for (const line of lines.slice(from)) {
    const content = QUOTED_LINE.exec(line)?.[1];
    if (content === undefined) break;
    inside.push(content);
  }
  return inside;
}

function lineBlock(line: string): Block | undefined {
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '', content = ''] = heading;
    const level = marks.length === 1 ? 1 : marks.length === 2 ? 2 : 3;
    return { type: 'heading', level, children: parseInline(content) };
  }
  const subtext = SUBTEXT.exec(line)?.[1];
  if (subtext !== undefined) return { type: 'subtext', children: parseInline(subtext) };
  const item = ITEM.exec(line);
  if (item !== null) {
    const [, indent = '', mark = '', content = ''] = item;
    return {
      type: 'item',
      depth: Math.min(Math.floor(indent.length / 2), MAX_ITEM_DEPTH),
      marker: mark === '-' || mark === '*' ? '•' : mark,
      children: parseInline(content),
    };
  }
  return undefined;
}

/** How many lines belong together from here: one, or as many as what begins on it spans, as code does with a `> ` in it. */
function paragraphLines(lines: readonly string[], from: number): number {
  if (!/[`~]/.test(lines[from] ?? '')) return 1;
  const rest = lines.slice(from).join('\n');
  let end = 0;
  while (end < rest.length && rest[end] !== '\n') end = lineSpanEnd(rest, end);
  return rest.slice(0, end).split('\n').length;
}
