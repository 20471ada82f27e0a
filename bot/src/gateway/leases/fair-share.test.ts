import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { fairShare, slotsToGiveUp, wantedSlots } from './fair-share';
import { allSlots, parseSlotKey, slotKey } from './slot';

const shares = (shardCount: number, replicas: number, count: number) => {
  const instances = Array.from({ length: count }, (_, index) => `i${index}`);
  return instances.map((self) => fairShare({ shardCount, replicas, instances, self }));
};

describe('fairShare', () => {
  test.each([
    [1, 1, 1, [1]],
    [1, 1, 2, [1, 0]],
    [1, 2, 1, [1]],
    [1, 2, 2, [1, 1]],
    [4, 1, 3, [2, 1, 1]],
    [4, 2, 2, [4, 4]],
    [2, 2, 3, [2, 1, 1]],
    [3, 3, 2, [3, 3]],
  ])('%d shards of %d replicas among %d bots: %p', (shardCount, replicas, count, expected) => {
    expect(shares(shardCount, replicas, count)).toEqual(expected);
  });

  test('shares add up, differ by one at most, and never exceed the shards', () => {
    const small = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(small, small, small, (shardCount, replicas, count) => {
        const all = shares(shardCount, replicas, count);
        expect(all.reduce((sum, share) => sum + share, 0)).toBe(shardCount * Math.min(replicas, count));
        expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
        expect(Math.max(...all)).toBeLessThanOrEqual(shardCount);
      }),
    );
  });

  test('who is not registered yet has no share', () => {
    expect(fairShare({ shardCount: 4, replicas: 1, instances: ['a'], self: 'b' })).toBe(0);
  });
});

describe('slots', () => {
  test('a key names a slot and is read back', () => {
    for (const slot of allSlots(3, 2)) expect(parseSlotKey(slotKey(slot))).toEqual(slot);
    expect(parseSlotKey('1.2')).toBeUndefined();
    expect(parseSlotKey('a.b.c')).toBeUndefined();
  });

  test('slots of shards not held yet come first', () => {
    const [a, b, c, d] = allSlots(2, 2);
    if (!a || !b || !c || !d) throw new Error('there are four');
    expect(wantedSlots([b, c, d], [a])).toEqual([b, c, d]);
    expect(wantedSlots([c, b], [a])).toEqual([b, c]);
  });

  test('what no longer exists is given up, all of it, then second replicas, then the highest', () => {
    const now = allSlots(4, 1);
    const old = allSlots(2, 1);
    expect(slotsToGiveUp([...old, ...now.slice(0, 2)], now, 0)).toEqual(old);
    expect(slotsToGiveUp(now, now, 2).map(({ shard }) => shard)).toEqual([3, 2]);
    const doubled = allSlots(2, 2);
    expect(slotsToGiveUp(doubled.slice(0, 3), doubled, 1)).toEqual(doubled.slice(2, 3));
    expect(slotsToGiveUp(now, now, 0)).toEqual([]);
  });
});
