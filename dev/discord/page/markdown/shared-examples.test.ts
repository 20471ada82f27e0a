import { describe, expect, test } from 'bun:test';
import { markdownExamples } from '@popple/bot/chat/examples/markdown';
import { readableText } from '@popple/bot/chat/markdown/readable-text';
import fc from 'fast-check';
import type { Block, Inline } from './node';
import { parseMarkdown } from './parse';

/** The text of a message as a member reads it, in the form of the table. */
function read(message: string): string {
  return blocksText(parseMarkdown(message))
    .replaceAll(/\p{White_Space}+/gu, ' ')
    .trim();
}

function blocksText(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'quote' ? '' : inlineText(block.children))).join('\n');
}

function inlineText(nodes: readonly Inline[]): string {
  return nodes.map(nodeText).join('');
}

function nodeText(node: Inline): string {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'strong':
    case 'emphasis':
    case 'underline':
      return inlineText(node.children);
    case 'spoiler':
      return ` ${inlineText(node.children)} `;
    case 'strike':
    case 'code':
    case 'code-block':
      return ' ';
    case 'link': {
      const label = inlineText(node.children);
      return label === node.url ? ' ' : `[${label}]( )`;
    }
    case 'user':
      return `<@${node.id}>`;
    case 'emoji':
      return `<:${node.name}:${node.id}>`;
    case 'everyone':
      return `@${node.name}`;
    default:
      return node.type;
  }
}

describe('what is read of a message, as the bot reads it', () => {
  test.each(markdownExamples.map((example) => [...example]))('%j is %j', (message, text) => {
    expect(read(message ?? '')).toBe(text ?? '');
  });

  test('of code, quotes, struck-out text and escapes, however they meet', () => {
    const piece = fc.constantFrom(
      ...[
        '`',
        '``',
        '```',
        '````',
        '~',
        '~~',
        '> ',
        '>>> ',
        '>',
        '\\',
        '\n',
        '\n',
        ' ',
        '  ',
        'a',
        'b',
        'js\n',
      ],
    );
    const soup = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const shown = (text: string) =>
      text
        .replaceAll('\\', '')
        .replaceAll(/\p{White_Space}+/gu, ' ')
        .trim();
    fc.assert(
      fc.property(soup, (message) => {
        expect(shown(read(message))).toBe(shown(readableText(message, true).text));
      }),
      { numRuns: 5_000 },
    );
  });
});
