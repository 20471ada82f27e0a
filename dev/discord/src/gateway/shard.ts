export type Shard = readonly [id: number, count: number];

const keys = new Map<string, number>();

/**
 * Which shard receives the events of a guild; direct messages (null) go to the first.
 * @see https://discord.com/developers/docs/events/gateway#sharding
 */
export function shardOf(guildId: string | null, shardCount: number): number {
  if (guildId === null || shardCount === 1) return 0;
  let key = keys.get(guildId);
  if (key === undefined) {
    key = Number(BigInt(guildId) >> 22n);
    keys.set(guildId, key);
  }
  return key % shardCount;
}

export function isValidShard([id, count]: Shard): boolean {
  return Number.isInteger(id) && Number.isInteger(count) && id >= 0 && id < count;
}
