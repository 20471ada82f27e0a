import { expect, test } from 'bun:test';
import { escapeSubject } from './escape';

test.each([
  ['alice', 'alice'],
  ['C++', 'C++'],
  ['snake_case', 'snake\\_case'],
  ['*bold*', '\\*bold\\*'],
  ['a|b', 'a|b'],
  ['||spoiler||', '\\|\\|spoiler\\|\\|'],
  ['~~gone~~', '\\~\\~gone\\~\\~'],
  ['`code`', '\\`code\\`'],
  ['# heading', '\\# heading'],
  ['- item', '\\- item'],
  ['> quote', '\\> quote'],
  ['<#123>', '\\<#123\\>'],
  ['<t:0:R>', '\\<t:0:R\\>'],
  ['hi <@123>', 'hi \\<@123\\>'],
  ['<@123>', '<@123>'],
  ['🍕', '🍕'],
])('%s is written %s', (display, expected) => {
  expect(escapeSubject(display)).toBe(expected);
});

test('a link in brackets does not become one', () => {
  expect(escapeSubject('[here](https://example.org)')).not.toMatch(/(^|[^\\])\[here\]\(/);
});
