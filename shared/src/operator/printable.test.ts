import { expect, test } from 'bun:test';
import { printable } from './printable';

test.each([
  ['plain text, ünïcödé 🎉', 'plain text, ünïcödé 🎉'],
  ['\u001b[2J\u001b]52;c;ZXZpbA==\u0007', '\\u{1b}[2J\\u{1b}]52;c;ZXZpbA==\\u{7}'],
  ['a\u009b31mb', 'a\\u{9b}31mb'],
  ['a\rb\nc\td', 'a\\u{d}b\\u{a}c\\u{9}d'],
  ['user\u202etxt.exe', 'user\\u{202e}txt.exe'],
  ['\ud800', '\\u{d800}'],
])('%p is printed as %p', (text, printed) => expect(printable(text)).toBe(printed));

test('lines and tabs stay where they are wanted', () => {
  expect(printable('{\n\t"a": "\u001b"\r\n}', true)).toBe('{\n\t"a": "\\u{1b}"\\u{d}\n}');
});
