import { expect, test } from 'bun:test';
import type { BotMessage, Evidence } from './evidence';
import { Model } from './model';
import { verifyFloods } from './verify-floods';

const FLOOD = 500;
const FLOODED = '10';
const OTHER = '20';

/** A flood of one channel and one message elsewhere, which is replied to after so many of the flood's. */
function findingsWhenRepliedAfter(count: number) {
  const model = new Model([]);
  const say = (id: string, channelId: string) =>
    model.write({
      ...{ id, channelId, guildId: '1', authorId: '2', content: 'ada++' },
      effect: { kind: 'change', changes: [{ subject: 'ada', delta: 1 }] },
    });
  const ids = Array.from({ length: FLOOD }, (_, index) => String(1_000 + index));
  for (const id of ids) say(id, FLOODED);
  model.floods.push({ channelId: FLOODED, ids });
  say('2000', OTHER);
  const order = [...ids.slice(0, count), '2000', ...ids.slice(count)];
  const messages = order.map((replyToId, index): BotMessage => {
    return { id: String(9_000 + index), channelId: '0', replyToId, content: 'ada has 1 karma.' };
  });
  return verifyFloods(model, { messages } as unknown as Evidence);
}

test('a flood of one channel may have some replies before the first elsewhere, and not nearly all', () => {
  expect(findingsWhenRepliedAfter(0)).toEqual([]);
  expect(findingsWhenRepliedAfter(120)).toEqual([]);
  expect(findingsWhenRepliedAfter(450)).toMatchObject([{ kind: 'starved', ids: ['2000'] }]);
});
