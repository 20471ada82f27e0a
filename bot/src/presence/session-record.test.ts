import { expect, test } from 'bun:test';
import { inheritedFrom } from './session-record';

const record = (shardCount: number, shard: number, replica: number, watermark: string) => ({
  slot: { shardCount, shard, replica },
  watermark,
});

test('nothing is inherited where nothing ran', () => {
  expect(inheritedFrom([])).toBeUndefined();
});

test('the shard that is furthest behind decides, by its replica that got furthest', () => {
  expect(inheritedFrom([record(2, 0, 0, '50'), record(2, 0, 1, '70'), record(2, 1, 0, '90')])).toBe('70');
});

test('the latest set of shards decides, not one given up long ago', () => {
  expect(inheritedFrom([record(1, 0, 0, '10'), record(2, 0, 0, '80'), record(2, 1, 0, '90')])).toBe('80');
});
