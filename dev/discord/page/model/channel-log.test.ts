import { describe, expect, test } from 'bun:test';
import { exampleAuthor, exampleMessage } from '../testing/example-world';
import {
  type ChannelLog,
  channelOfPush,
  emptyLog,
  withNewestPage,
  withOlderPage,
  withPush,
} from './channel-log';

const page = (...ids: number[]) => ids.map((id) => exampleMessage({ id: String(id) }));
const log = (ids: number[], complete = false): ChannelLog => ({ messages: page(...ids), complete });
const idsOf = ({ messages }: ChannelLog) => messages.map(({ id }) => Number(id));

describe('the newest page', () => {
  test('that is short reaches the start of the channel, and is all there is', () => {
    const read = withNewestPage(log([1, 2]), page(3, 4), 5);
    expect(idsOf(read)).toEqual([3, 4]);
    expect(read.complete).toBe(true);
  });

  test('that overlaps what was known keeps what is older', () => {
    const read = withNewestPage(log([1, 2, 3], true), page(3, 4, 5), 3);
    expect(idsOf(read)).toEqual([1, 2, 3, 4, 5]);
    expect(read.complete).toBe(true);
  });

  test('that does not overlap drops what is older, for there may be a gap', () => {
    const read = withNewestPage(log([1, 2], true), page(8, 9, 10), 3);
    expect(idsOf(read)).toEqual([8, 9, 10]);
    expect(read.complete).toBe(false);
  });

  test('shows what was deleted meanwhile', () => {
    expect(idsOf(withNewestPage(log([7, 8, 9, 10]), page(8, 10, 11), 3))).toEqual([7, 8, 10, 11]);
  });

  test('orders ids by age, not as text', () => {
    expect(idsOf(withNewestPage(log([8, 9, 10]), page(9, 10, 11), 3))).toEqual([8, 9, 10, 11]);
  });
});

describe('an older page', () => {
  test('goes before what is known', () => {
    const read = withOlderPage(log([5, 6]), page(3, 4), 2);
    expect(idsOf(read)).toEqual([3, 4, 5, 6]);
    expect(read.complete).toBe(false);
  });

  test('that is short is the first', () => {
    expect(withOlderPage(log([5, 6]), page(4), 2).complete).toBe(true);
    expect(withOlderPage(log([5, 6]), [], 2)).toEqual(log([5, 6], true));
  });
});

describe('a push', () => {
  test('of a message puts it where its id belongs, once', () => {
    const pushed = [exampleMessage({ id: '11' }), exampleMessage({ id: '9' }), exampleMessage({ id: '11' })];
    const taken = pushed.reduce(
      (into, message) => withPush(into, { type: 'message', message }),
      log([8, 10]),
    );
    expect(idsOf(taken)).toEqual([8, 9, 10, 11]);
  });

  test('of an update changes the message and where it is quoted', () => {
    const reply = exampleMessage({
      id: '2',
      replyTo: { id: '1', author: exampleAuthor('1'), content: 'old' },
    });
    const before: ChannelLog = {
      messages: [exampleMessage({ id: '1', content: 'old' }), reply],
      complete: true,
    };
    const after = withPush(before, {
      type: 'message-update',
      message: exampleMessage({ id: '1', content: 'new' }),
    });
    expect(after.messages.map(({ content }) => content)).toEqual(['new', 'message 2']);
    expect(after.messages[1]?.replyTo?.content).toBe('new');
  });

  test('of a deletion takes the message and the quoted line away', () => {
    const reply = exampleMessage({ id: '2', replyTo: { id: '1', author: exampleAuthor('1'), content: 'x' } });
    const before: ChannelLog = { messages: [exampleMessage({ id: '1' }), reply], complete: true };
    const after = withPush(before, { type: 'message-delete', channelId: '101', messageId: '1' });
    expect(idsOf(after)).toEqual([2]);
    expect(after.messages[0]?.replyTo).toBeNull();
  });

  test('of reactions sets them', () => {
    const reactions = [{ emoji: '✅', count: 1, userIds: ['9'] }];
    const after = withPush(log([1, 2]), { type: 'reactions', channelId: '101', messageId: '2', reactions });
    expect(after.messages.map((message) => message.reactions)).toEqual([[], reactions]);
  });

  test('of something else changes nothing', () => {
    expect(withPush(emptyLog, { type: 'presence', userId: '9', online: true })).toBe(emptyLog);
    expect(channelOfPush({ type: 'presence', userId: '9', online: true })).toBeUndefined();
  });
});
