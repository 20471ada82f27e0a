import { expect, test } from 'bun:test';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { inheritedFrom, SessionStore } from './session-record';

const record = (shardCount: number, shard: number, replica: number, watermark: string) => ({
  slot: { shardCount, shard, replica },
  record: { watermark, away: {} },
});

test('nothing is inherited where nothing ran', () => {
  expect(inheritedFrom([])).toEqual({ watermark: null, away: {} });
});

test('the shard that is furthest behind decides, by its replica that got furthest', () => {
  expect(inheritedFrom([record(2, 0, 0, '50'), record(2, 0, 1, '70'), record(2, 1, 0, '90')])).toMatchObject({
    watermark: '70',
  });
});

test('the latest set of shards decides, not one given up long ago', () => {
  expect(inheritedFrom([record(1, 0, 0, '10'), record(2, 0, 0, '80'), record(2, 1, 0, '90')])).toMatchObject({
    watermark: '80',
  });
});

test('a set of shards of which one is missing does not count: nobody knows what was read there', () => {
  expect(inheritedFrom([record(1, 0, 0, '10'), record(2, 0, 0, '80')])).toMatchObject({ watermark: '10' });
  expect(inheritedFrom([record(2, 0, 0, '80')])).toMatchObject({ watermark: null });
});

test('servers that were away are inherited from the set that counts, each with its oldest watermark', () => {
  const set = [
    {
      slot: { shardCount: 1, shard: 0, replica: 0 },
      record: { watermark: '90', away: { '1': '50', '2': '60' } },
    },
    { slot: { shardCount: 1, shard: 0, replica: 1 }, record: { watermark: '80', away: { '1': '40' } } },
    { slot: { shardCount: 2, shard: 0, replica: 0 }, record: { watermark: '95', away: { '3': '10' } } },
  ];
  expect(inheritedFrom(set)).toEqual({ watermark: '90', away: { '1': '40', '2': '60' } });
});

test('archived threads that are left are inherited from the set that counts, from the oldest of it', () => {
  const set = [
    {
      slot: { shardCount: 2, shard: 0, replica: 0 },
      record: { watermark: '90', away: {}, archived: { round: { from: '50', parts: [{}] }, guilds: {} } },
    },
    {
      slot: { shardCount: 2, shard: 1, replica: 0 },
      record: {
        watermark: '90',
        away: {},
        archived: { round: { from: '40', parts: [{ after: '7' }] }, guilds: { '1': '30' } },
      },
    },
  ];
  expect(inheritedFrom(set).archived).toEqual({ round: { from: '40', parts: [{}] }, guilds: { '1': '30' } });
});

test('a record of the version before, which does not speak of archived threads, is read', async () => {
  const before = { session: null, watermark: '90', away: { '1': '50' } };
  const entry = { operation: 'PUT', string: () => JSON.stringify(before) };
  const store = new SessionStore({ get: async () => entry } as unknown as Bucket);
  expect(await store.read({ shardCount: 1, shard: 0, replica: 0 })).toEqual(before);
});
