import { oneOf, skewed } from '../load/random';

const SUBJECTS = 500;
const OPENINGS = ['', 'thanks ', 'nice one, ', 'I think ', 'well done '];
const ENDINGS = ['', ' for the review', ' :tada:', '!', ' you saved my day'];

/** A line of chat that raises or lowers somebody, mostly one. It never comes to nothing: two names in it are two. */
export function karmaLine(random: () => number): string {
  const first = skewed(random, SUBJECTS);
  const numbers = random() < 0.9 ? [first] : [first, first + 1];
  const named = numbers.map((number) => `subject${number}${random() < 0.85 ? '++' : '--'}`);
  return `${oneOf(random, OPENINGS)}${named.join(' ')}${oneOf(random, ENDINGS)}`;
}
