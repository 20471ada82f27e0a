/**
 * A place for one gateway session: replica `replica` of shard `shard` of `shardCount`. Discord takes several sessions for
 * the same shard; each gets every dispatch of it.
 * @see https://discord.com/developers/docs/events/gateway#sharding
 */
export interface Slot {
  shard: number;
  shardCount: number;
  replica: number;
}

/** The slot in a KV key: `4.0.1` is replica 1 of shard 0 of 4. */
export function slotKey(slot: Slot): string {
  return `${slot.shardCount}.${slot.shard}.${slot.replica}`;
}

/** Reads what slotKey wrote; undefined for anything else. */
export function parseSlotKey(key: string): Slot | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(key);
  if (match === null) return undefined;
  return { shardCount: Number(match[1]), shard: Number(match[2]), replica: Number(match[3]) };
}

/** All slots, replica by replica, so that every shard is held once before any is held twice. */
export function allSlots(shardCount: number, replicas: number): Slot[] {
  return Array.from({ length: replicas }, (_, replica) =>
    Array.from({ length: shardCount }, (_shard, shard) => ({ shard, shardCount, replica })),
  ).flat();
}
