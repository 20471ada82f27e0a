import { expect, test } from 'bun:test';
import { exampleMessage } from '../testing/example-world';
import { countUnread, markRead, type UnreadByChannel, unreadIn } from './unread';

const arrived = [
  exampleMessage({ id: '11' }),
  exampleMessage({ id: '12', mentions: ['2'] }),
  exampleMessage({ id: '13', channelId: '102' }),
  exampleMessage({ id: '14', channelId: '301', guildId: null }),
];

test('what arrives out of sight is counted, pings and direct messages apart', () => {
  const unread = arrived.reduce<UnreadByChannel>(
    (into, message) => countUnread(into, message, '2'),
    new Map(),
  );
  expect(Object.fromEntries(unread)).toEqual({
    '101': { count: 2, pings: 1, firstId: '11' },
    '102': { count: 1, pings: 0, firstId: '13' },
    '301': { count: 1, pings: 1, firstId: '14' },
  });
  expect(unreadIn(unread, ['101', '102', '999'])).toEqual({ count: 3, pings: 1 });
  expect([...markRead(unread, '101').keys()]).toEqual(['102', '301']);
  expect(markRead(unread, '999')).toBe(unread);
});

test("the viewer's own are not unread", () => {
  const before: UnreadByChannel = new Map();
  expect(countUnread(before, exampleMessage({ id: '11' }), '1')).toBe(before);
});
