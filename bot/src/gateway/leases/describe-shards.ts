import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { SessionStore } from '../sessions/session-record';
import { LeaseTable } from './lease-table';
import { readShardCount } from './shard-count';
import type { Slot } from './slot';

const bySlot = (a: { slot: Slot }, b: { slot: Slot }) =>
  a.slot.shardCount - b.slot.shardCount || a.slot.shard - b.slot.shard || a.slot.replica - b.slot.replica;

/** Who holds which slot now. */
export interface ShardsView {
  shardCount: number;
  bots: number;
  slots: {
    shard: number;
    shardCount: number;
    replica: number;
    /** The bot in words; undefined when it has not registered lately. */
    bot: string | undefined;
    holder: string;
    canBeResumed: boolean;
    /** When the newest message was written up to which everything is handled, ISO 8601. */
    upTo: string | undefined;
  }[];
  /** Bots that hold nothing. */
  idle: string[];
}

/** Reads who holds which slot. @throws NatsError when the buckets cannot be asked. */
export async function readShards(leases: Bucket, gateway: Bucket): Promise<ShardsView> {
  const reader = new LeaseTable(leases, 'nobody');
  const store = new SessionStore(gateway);
  const { instances } = await reader.snapshot();
  const about = new Map<string, string>();
  for (const instance of instances)
    about.set(instance, (await leases.get(`bot.${instance}`))?.string() ?? instance);
  const holders = (await reader.list()).sort(bySlot);
  const slots: ShardsView['slots'] = [];
  for (const { slot, holder } of holders) {
    const record = await store.read(slot);
    slots.push({
      ...slot,
      bot: about.get(holder),
      holder,
      canBeResumed: Boolean(record?.session),
      upTo: record?.watermark ? new Date(snowflakeTimeMs(record.watermark)).toISOString() : undefined,
    });
  }
  const busy = new Set(holders.map(({ holder }) => holder));
  const idle = instances
    .filter((instance) => !busy.has(instance))
    .map((instance) => about.get(instance) ?? instance);
  return { shardCount: (await readShardCount(gateway)) ?? 0, bots: instances.length, slots, idle };
}
