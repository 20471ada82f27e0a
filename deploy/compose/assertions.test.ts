import { describe, expect, test } from 'bun:test';
import { compare, type Reply, type Said } from './assertions';

const SAID: Said[] = ['10', '11', '12'].map((id) => ({ id, channelId: '1', subject: 'ada' }));
const reply = (replyToId: string, total: number): Reply => ({
  replyToId,
  content: `ada has ${total} karma.`,
});
const REPLIES = [reply('10', 1), reply('12', 2), reply('11', 3)];
const TOTALS = new Map([['ada', 3]]);

describe('compare', () => {
  test('finds nothing when everything is exact', () => {
    expect(compare(SAID, { replies: REPLIES, totals: TOTALS })).toEqual([]);
  });

  test.each<[string, Reply[], Map<string, number>, RegExp]>([
    ['a lost reply', REPLIES.slice(1), TOTALS, /without a reply: 10/],
    ['a second reply', [...REPLIES, reply('10', 1)], TOTALS, /more than one reply: 10/],
    [
      'an answer to nothing',
      [...REPLIES, { replyToId: null, content: 'hm' }],
      TOTALS,
      /replies to nothing: hm/,
    ],
    ['a lost point', REPLIES, new Map([['ada', 2]]), /ada has 2 karma in Postgres, and 3 were given/],
    [
      'a point counted twice',
      REPLIES,
      new Map([['ada', 4]]),
      /ada has 4 karma in Postgres, and 3 were given/,
    ],
    ['karma from nowhere', REPLIES, new Map([...TOTALS, ['bob', 1]]), /bob has karma that nobody gave/],
    [
      'a total told twice',
      [reply('10', 1), reply('11', 1), reply('12', 3)],
      TOTALS,
      /ada: not told exactly once: 1, 2/,
    ],
  ])('finds %s', (_what, replies, totals, finding) => {
    expect(compare(SAID, { replies, totals }).join('\n')).toMatch(finding);
  });
});
