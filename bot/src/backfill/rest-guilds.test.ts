import { expect, test } from 'bun:test';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { isOfShard } from './rest-guilds';

test('a server belongs to one shard, by the time in its id', () => {
  const id = snowflakeAt(1_700_000_000_000);
  const ofShard = [0, 1, 2, 3].filter((shard) => isOfShard(id, { shard, shardCount: 4 }));
  expect(ofShard).toEqual([Number((BigInt(id) >> 22n) % 4n)]);
  expect(isOfShard(id, { shard: 0, shardCount: 1 })).toBe(true);
});
