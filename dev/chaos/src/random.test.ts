import { expect, test } from 'bun:test';
import { SeededRandom } from './random';

const draws = (random: SeededRandom) => Array.from({ length: 100 }, () => random.next());

test('the same seed gives the same draws, another seed others', () => {
  expect(draws(new SeededRandom('7'))).toEqual(draws(new SeededRandom('7')));
  expect(draws(new SeededRandom('7'))).not.toEqual(draws(new SeededRandom('8')));
});

test('a fork does not depend on what was drawn before', () => {
  const one = new SeededRandom('7');
  const other = new SeededRandom('7');
  other.next();
  expect(draws(one.fork('faults'))).toEqual(draws(other.fork('faults')));
  expect(draws(one.fork('faults'))).not.toEqual(draws(one.fork('talk')));
});

test('draws stay in their bounds and reach both ends', () => {
  const random = new SeededRandom('7');
  const drawn = Array.from({ length: 1_000 }, () => random.between(3, 5));
  expect(new Set(drawn)).toEqual(new Set([3, 4, 5]));
  expect(random.shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});
