import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { History } from './history';
import type { Message } from './model';
import { compareSnowflakes } from './snowflake';

function message(id: string): Message {
  return {
    id,
    channelId: '1',
    guildId: null,
    authorId: '2',
    webhookId: null,
    bot: false,
    content: '',
    atMs: 0,
    editedAtMs: null,
    replyToId: null,
    nonce: null,
    mentions: [],
    mentionsEveryone: false,
    flags: 0,
    reactions: [],
  };
}

const id = fc.integer({ min: 1, max: 3000 }).map(String);

test('pages are what filtering all messages would give', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(id),
      fc.uniqueArray(id),
      id,
      fc.integer({ min: 1, max: 20 }),
      (said, deleted, at, limit) => {
        const history = new History(10_000);
        for (const each of said.toSorted(compareSnowflakes)) history.append(message(each));
        for (const each of deleted) expect(history.remove(each)).toBe(said.includes(each));
        const left = said.filter((each) => !deleted.includes(each)).toSorted(compareSnowflakes);
        const ids = (messages: Message[]) => messages.map((each) => each.id);
        const below = left.filter((each) => compareSnowflakes(each, at) < 0);
        const above = left.filter((each) => compareSnowflakes(each, at) > 0);

        expect(ids(history.latest(limit))).toEqual(left.slice(-limit));
        expect(ids(history.before(at, limit))).toEqual(below.slice(-limit));
        expect(ids(history.after(at, limit))).toEqual(above.slice(0, limit));
        expect(history.find(at)?.id).toBe(left.includes(at) ? at : undefined);
        expect(history.lastId).toBe(said.toSorted(compareSnowflakes).at(-1) ?? null);
        const start = Math.max(0, below.length - Math.floor(limit / 2));
        expect(ids(history.around(at, limit))).toEqual(left.slice(start, start + limit));
      },
    ),
  );
});

test('old messages are dropped a tenth at a time, and it is said which', () => {
  const history = new History(100);
  const trims: string[] = [];
  for (let n = 1; n <= 222; n++) {
    const trimmedBefore = history.append(message(String(n)));
    if (trimmedBefore !== null) trims.push(trimmedBefore);
  }
  expect(trims).toEqual(['12', '23', '34', '45', '56', '67', '78', '89', '100', '111', '122']);
  expect(history.length).toBeWithin(100, 111);
  expect(history.latest(1)[0]?.id).toBe('222');
});
