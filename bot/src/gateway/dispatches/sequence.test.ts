import { expect, test } from 'bun:test';
import { SequenceTracker } from './sequence';

test('stays below what is not in the stream yet, whatever came later', () => {
  const tracker = new SequenceTracker();
  const first = tracker.received(1);
  const second = tracker.received(2, '20');
  const third = tracker.received(3, '30');
  first();
  expect(tracker.sequence).toBe(1);
  third();
  expect(tracker.sequence).toBe(1);
  expect(tracker.newestMessageId).toBeUndefined();
  second();
  expect(tracker.sequence).toBe(3);
  expect(tracker.newestMessageId).toBe('30');
  expect(tracker.pending).toBe(0);
});

test('the newest message is the highest id, not the last told', () => {
  const tracker = new SequenceTracker();
  tracker.received(1, '100')();
  tracker.received(2, '99')();
  expect(tracker.newestMessageId).toBe('100');
});

test('begins where an earlier process got to', () => {
  const tracker = new SequenceTracker(41);
  expect(tracker.sequence).toBe(41);
  tracker.received(42)();
  expect(tracker.sequence).toBe(42);
});
