import { type Slot, slotKey } from './slot';

export interface Situation {
  shardCount: number;
  replicas: number;
  /** The ids of all bots that are alive, this one among them, oldest first. */
  instances: readonly string[];
  self: string;
}

/**
 * How many slots this instance should hold. Shares differ by one at most, and the oldest instances hold the larger ones,
 * so that an instance that joins takes as few slots from others as it can. There are never more sessions of a shard than
 * instances: a second one in the same process would end with it.
 */
export function fairShare({ shardCount, replicas, instances, self }: Situation): number {
  const rank = instances.indexOf(self);
  if (rank < 0) return 0;
  const slots = shardCount * Math.min(replicas, instances.length);
  return Math.floor(slots / instances.length) + (rank < slots % instances.length ? 1 : 0);
}

/**
 * Which free slots to try for, best first: those of shards this instance does not hold yet, then, as a last resort when
 * nothing else is left, those of shards it does.
 */
export function wantedSlots(free: readonly Slot[], held: readonly Slot[]): Slot[] {
  const heldShards = new Set(held.map(({ shard }) => shard));
  const wanted: Slot[] = [];
  const second: Slot[] = [];
  for (const slot of free) {
    if (heldShards.has(slot.shard)) second.push(slot);
    else wanted.push(slot);
    heldShards.add(slot.shard);
  }
  return [...wanted, ...second];
}

/**
 * Which held slots to give up, `count` of them: those that do not exist any more (another shard count, fewer replicas),
 * then second replicas of a shard, then the highest.
 */
export function slotsToGiveUp(held: readonly Slot[], existing: readonly Slot[], count: number): Slot[] {
  const exists = new Set(existing.map(slotKey));
  const gone = held.filter((slot) => !exists.has(slotKey(slot)));
  const seen = new Set<number>();
  const twice: Slot[] = [];
  const once: Slot[] = [];
  for (const slot of held) {
    if (!exists.has(slotKey(slot))) continue;
    if (seen.has(slot.shard)) twice.push(slot);
    else once.push(slot);
    seen.add(slot.shard);
  }
  const highestFirst = once.toSorted((a, b) => b.shard - a.shard || b.replica - a.replica);
  return [...gone, ...[...twice, ...highestFirst].slice(0, Math.max(0, count - gone.length))];
}
