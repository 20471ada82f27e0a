import { expect, test } from 'bun:test';
import { SentHistory } from './sent-history';

test('goes back to the oldest and forth to the empty message', () => {
  const sent = new SentHistory();
  expect(sent.older()).toBeUndefined();
  for (const content of ['a', 'b', 'b']) sent.add(content);
  expect([sent.older(), sent.older(), sent.older()]).toEqual(['b', 'a', undefined]);
  expect(sent.browsing).toBe(true);
  expect([sent.newer(), sent.newer(), sent.newer()]).toEqual(['b', '', undefined]);
  expect(sent.browsing).toBe(false);
});

test('starts at the newest again after something was written or sent', () => {
  const sent = new SentHistory();
  for (const content of ['a', 'b', 'c']) sent.add(content);
  sent.older();
  sent.older();
  sent.leave();
  expect(sent.older()).toBe('c');
  sent.add('d');
  expect(sent.older()).toBe('d');
});

test('forgets the oldest beyond its limit', () => {
  const sent = new SentHistory(2);
  for (const content of ['a', 'b', 'c']) sent.add(content);
  expect([sent.older(), sent.older(), sent.older()]).toEqual(['c', 'b', undefined]);
});
