import { expect, test } from 'bun:test';
import { replaceBetween } from './keep';

test('what stands between the marks is replaced, and nothing else', () => {
  expect(replaceBetween('a\n<b>\nold\n</b>\nc', '<b>', '</b>', 'new')).toBe('a\n<b>\n\nnew\n\n</b>\nc');
  const once = replaceBetween('<b></b>', '<b>', '</b>', 'x');
  expect(replaceBetween(once, '<b>', '</b>', 'x')).toBe(once);
});

test('without the marks nothing is written anywhere', () => {
  expect(() => replaceBetween('a', '<b>', '</b>', 'new')).toThrow('between <b> and </b>');
});
