import { describe, expect, test } from 'bun:test';
import { type Answer, compare, type Said } from './verdict';

const SAID: Said[] = ['10', '11', '12'].map((id) => ({ id, channelId: '1', subject: 'ada' }));
const answer = (replyToId: string, total: number): Answer => ({
  replyToId,
  content: `ada has ${total} karma.`,
});
const ANSWERS = [answer('10', 1), answer('12', 2), answer('11', 3)];
const TOTALS = new Map([['ada', 3]]);

describe('compare', () => {
  test('finds nothing when everything is exact', () => {
    expect(compare(SAID, { answers: ANSWERS, totals: TOTALS })).toEqual([]);
  });

  test.each<[string, Answer[], Map<string, number>, RegExp]>([
    ['a lost answer', ANSWERS.slice(1), TOTALS, /without an answer: 10/],
    ['a second answer', [...ANSWERS, answer('10', 1)], TOTALS, /answered more than once: 10/],
    [
      'an answer to nothing',
      [...ANSWERS, { replyToId: null, content: 'hm' }],
      TOTALS,
      /answers to nothing: hm/,
    ],
    ['a lost point', ANSWERS, new Map([['ada', 2]]), /ada has 2 karma in Postgres, and 3 were given/],
    [
      'a point counted twice',
      ANSWERS,
      new Map([['ada', 4]]),
      /ada has 4 karma in Postgres, and 3 were given/,
    ],
    ['karma from nowhere', ANSWERS, new Map([...TOTALS, ['bob', 1]]), /bob has karma that nobody gave/],
    [
      'a total told twice',
      [answer('10', 1), answer('11', 1), answer('12', 3)],
      TOTALS,
      /ada: not told exactly once: 1, 2/,
    ],
  ])('finds %s', (_what, answers, totals, finding) => {
    expect(compare(SAID, { answers, totals }).join('\n')).toMatch(finding);
  });
});
