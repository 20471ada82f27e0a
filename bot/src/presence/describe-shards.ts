import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { LeaseTable } from './lease-table';
import { SessionStore } from './session-record';
import { readShardCount } from './shard-count';
import type { Slot } from './slot';

interface Row {
  shard: string;
  replica: string;
  holder: string;
  session: string;
  upTo: string;
}

const HEADINGS: Row = {
  shard: 'SHARD',
  replica: 'REPLICA',
  holder: 'BOT',
  session: 'SESSION',
  upTo: 'DEALT WITH UP TO',
};

function table(rows: readonly Row[]): string {
  const columns = Object.keys(HEADINGS) as (keyof Row)[];
  const all = [HEADINGS, ...rows];
  const widths = new Map(
    columns.map((column) => [column, Math.max(...all.map((row) => row[column].length))]),
  );
  const line = (row: Row) =>
    columns
      .map((column) => row[column].padEnd(widths.get(column) ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

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
    /** When the newest message was written that is dealt with, ISO 8601. */
    upTo: string | undefined;
  }[];
  /** Bots that hold nothing. */
  idle: string[];
}

/** Reads who holds which slot. @throws NatsError when the buckets cannot be asked. */
export async function readShards(leases: Bucket, gateway: Bucket): Promise<ShardsView> {
  const lookout = new LeaseTable(leases, 'nobody');
  const store = new SessionStore(gateway);
  const { instances } = await lookout.census();
  const about = new Map<string, string>();
  for (const instance of instances)
    about.set(instance, (await leases.get(`bot.${instance}`))?.string() ?? instance);
  const holders = (await lookout.holders()).sort(bySlot);
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

/** Who holds which slot, one line each, and the bots that hold none, for people. Ends with a newline. */
export function shardsText({ shardCount, bots, slots, idle }: ShardsView): string {
  const rows = slots.map((slot) => ({
    shard: `${slot.shard} of ${slot.shardCount}`,
    replica: String(slot.replica),
    holder: slot.bot ?? `${slot.holder} (silent)`,
    session: slot.canBeResumed ? 'can be resumed' : 'catching up',
    upTo: slot.upTo ?? '',
  }));
  const summary = `${counted(shardCount, 'shard')}, ${counted(bots, 'bot')}`;
  return `${summary}\n\n${table(rows)}${idle.length > 0 ? `\nholding nothing: ${idle.join(', ')}\n` : ''}`;
}
