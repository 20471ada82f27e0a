import { expect, test } from 'bun:test';
import { isInvisible, isLineBreak, isWhiteSpace, nextWhiteSpace } from './characters';

const units = Array.from({ length: 0x10000 }, (_, unit) => unit);

test('white space is what Unicode says, one by one and in a search', () => {
  const expected = units.filter((unit) => /\p{White_Space}/u.test(String.fromCharCode(unit)));
  expect(units.filter(isWhiteSpace)).toEqual(expected);
  expect(units.filter((unit) => nextWhiteSpace(String.fromCharCode(unit), 0) === 0)).toEqual(expected);
});

test('line breaks are the mandatory ones, and white space', () => {
  expect(units.filter(isLineBreak)).toEqual([0x0a, 0x0b, 0x0c, 0x0d, 0x85, 0x2028, 0x2029]);
  expect(units.filter(isLineBreak).every(isWhiteSpace)).toBe(true);
});

test('nothing is both white space and invisible, and control characters are one of them', () => {
  expect(units.filter((unit) => isWhiteSpace(unit) && isInvisible(unit))).toEqual([]);
  const controls = units.filter((unit) => /\p{Cc}/u.test(String.fromCharCode(unit)));
  expect(controls.filter((unit) => !isWhiteSpace(unit) && !isInvisible(unit))).toEqual([]);
});
