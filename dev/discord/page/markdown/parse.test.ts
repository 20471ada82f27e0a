import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Block, Inline } from './node';
import { parseMarkdown } from './parse';
import { plainText } from './plain-text';

/** Writes nodes as short text, so that a table of examples can be read: `strong(a) text(b)`. */
function show(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.type === 'paragraph') return showInline(block.children);
      if (block.type === 'quote') return `quote{${show(block.children)}}`;
      if (block.type === 'heading') return `h${block.level}{${showInline(block.children)}}`;
      if (block.type === 'item') return `item${block.depth}[${block.marker}]{${showInline(block.children)}}`;
      return `${block.type}{${showInline(block.children)}}`;
    })
    .join(' / ');
}

function showInline(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case 'text':
          return node.text;
        case 'code':
          return `code(${node.text})`;
        case 'code-block':
          return `block:${node.language}(${node.text})`;
        case 'link':
          return `link:${node.url}(${showInline(node.children)})`;
        case 'user':
        case 'channel':
        case 'role':
          return `${node.type}(${node.id})`;
        case 'everyone':
          return `everyone(${node.name})`;
        case 'emoji':
          return `emoji(${node.name})`;
        case 'time':
          return `time(${node.atMs}${node.relative ? ' relative' : ''})`;
        default:
          return `${node.type}(${showInline(node.children)})`;
      }
    })
    .join('');
}

const examples: [source: string, means: string][] = [
  ['plain', 'plain'],
  ['', ''],
  ['**bold** text', 'strong(bold) text'],
  ['*a* _b_', 'emphasis(a) emphasis(b)'],
  ['__under__ ~~gone~~ ||hidden||', 'underline(under) strike(gone) spoiler(hidden)'],
  ['***both***', 'strong(emphasis(both))'],
  ['**a *b* c**', 'strong(a emphasis(b) c)'],
  ['**a', '**a'],
  ['**a*', '*emphasis(a)'],
  ['****', '****'],
  ['alice++ bob--', 'alice++ bob--'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['snake_case_name', 'snake_case_name'],
  ['_snake_case_', '_snake_case_'],
  ['été_x_ _é_', 'été_x_ emphasis(é)'],
  ['\\*not\\* \\_this\\_', '*not* _this_'],
  ['**a\\*\\*b**', 'strong(a**b)'],
  ['\\a \\', '\\a \\'],
  ['¯\\\\\\_(ツ)_/¯', '¯\\_(ツ)_/¯'],
  ['`a**b**`', 'code(a**b**)'],
  ['``a`b``', 'code(a`b)'],
  ['`` `x` ``', 'code(`x`)'],
  ['`open', '`open'],
  ['**`**`**', 'strong(code(**))'],
  ['```js\nlet a;\n```', 'block:js(let a;)'],
  ['```one line```', 'block:(one line)'],
  ['```\n> no quote\n# no heading\n```', 'block:(> no quote\n# no heading)'],
  ['see ```\na\n\nb\n``` there', 'see block:(a\n\nb) there'],
  ['```open\nstill', '```open\nstill'],
  ['\\```js\na```', '```js\na```'],
  ['> quoted\nnot', 'quote{quoted} / not'],
  ['> a\n> b', 'quote{a\nb}'],
  ['>>> a\nb\n> c', 'quote{a\nb\n> c}'],
  ['> ```\n> code\n> ```', 'quote{block:(code)}'],
  ['>no', '>no'],
  ['a > b', 'a > b'],
  ['# Title\n-# small', 'h1{Title} / subtext{small}'],
  ['#general', '#general'],
  [
    '1. alice has 12 karma.\n2. bob has 3 karma.',
    'item0[1.]{alice has 12 karma.} / item0[2.]{bob has 3 karma.}',
  ],
  ['- a\n  - b', 'item0[•]{a} / item1[•]{b}'],
  ['-- bar', '-- bar'],
  ['1\\. no list', '1. no list'],
  ['<@12> <@!34> <#56> <@&78>', 'user(12) user(34) channel(56) role(78)'],
  ['<@> <@0> <@1x>', '<@> <@0> <@1x>'],
  ['`<@12>`', 'code(<@12>)'],
  ['@everyone @here', 'everyone(everyone) everyone(here)'],
  ['<:party:1234> <a:wave:99>', 'emoji(party) emoji(wave)'],
  ['<t:1700000000> <t:0:R>', 'time(1700000000000) time(0 relative)'],
  ['https://example.org/c++.', 'link:https://example.org/c++(https://example.org/c++).'],
  ['(https://example.org/a_(b))', '(link:https://example.org/a_(b)(https://example.org/a_(b)))'],
  ['https://example.org/a_b_c', 'link:https://example.org/a_b_c(https://example.org/a_b_c)'],
  ['<https://example.org>', 'link:https://example.org(https://example.org)'],
  ['[**here**](https://example.org)', 'link:https://example.org(strong(here))'],
  ['[https://a.example](https://b.example)', 'link:https://b.example(https://a.example)'],
  ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
  ['javascript:alert(1)', 'javascript:alert(1)'],
  ['data:text/html,<script>', 'data:text/html,<script>'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['https://[', 'https://['],
  ['a\r\nb', 'a\nb'],
];

describe('markdown', () => {
  test.each(examples)('%j', (source, means) => {
    expect(show(parseMarkdown(source))).toBe(means);
  });

  test('every link that comes out is http or https, whatever comes in', () => {
    const scraps = [
      'javascript:',
      'http://',
      'https://',
      'a',
      '[',
      ']',
      '(',
      ')',
      '<',
      '>',
      '"',
      "'",
      '\n',
      '`',
      '|',
    ];
    const text = fc.array(fc.constantFrom(...scraps), { maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (source) => {
        for (const url of links(parseMarkdown(source)))
          expect(['http:', 'https:']).toContain(new URL(url).protocol);
      }),
    );
  });

  test('text without any mark comes back whole', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-gi-z ,;!?é🍕]*$/u), (source) => {
        expect(show(parseMarkdown(source))).toBe(source);
      }),
    );
  });

  test.each([
    '*',
    '**',
    '_',
    '~~',
    '||',
    '`',
    '``` ',
    '[',
    '> ',
    '>>> ',
    '<',
    '\\',
    '- ',
    '**_',
    '`*',
    '```\n',
    '*a ',
    'https://(',
  ])('thousands of %j are read without getting stuck', (mark) => {
    const started = performance.now();
    parseMarkdown(mark.repeat(Math.ceil(4000 / mark.length)));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

function links(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) =>
    block.type === 'quote' ? links(block.children) : inlineLinks(block.children),
  );
}

function inlineLinks(nodes: readonly Inline[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'link') return [node.url, ...inlineLinks(node.children)];
    return 'children' in node ? inlineLinks(node.children) : [];
  });
}

describe('plain text', () => {
  const names = {
    user: (id: string) => ({ '1': 'alice' })[id],
    channel: (id: string) => ({ '5': 'general' })[id],
  };

  test.each([
    ['**a** `b`\n> c', 'a b c'],
    ['hi <@1> and <@2> in <#5>', 'hi @alice and @unknown-user in #general'],
    ['1. alice has 2 karma.\n2. x', '1. alice has 2 karma. 2. x'],
    ['the end: ||he dies||', 'the end: ▇▇▇'],
    ['```js\na\nb\n```', 'a b'],
    ['<t:120:R>', '2 minutes ago'],
  ])('%j', (source, text) => {
    expect(plainText(parseMarkdown(source), names, 240_000)).toBe(text);
  });
});
