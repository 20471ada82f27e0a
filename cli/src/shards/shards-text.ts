import type { ShardsView } from '@popple/bot/gateway/describe-shards';
import { type Column, table } from '../terminal/table';

type SlotView = ShardsView['slots'][number];

const COLUMNS: readonly Column<SlotView>[] = [
  { heading: 'SHARD', cell: ({ shard, shardCount }) => `${shard} of ${shardCount}` },
  { heading: 'REPLICA', cell: ({ replica }) => String(replica) },
  { heading: 'BOT', cell: ({ bot, holder }) => bot ?? `${holder} (silent)` },
  { heading: 'SESSION', cell: ({ canBeResumed }) => (canBeResumed ? 'can be resumed' : 'catching up') },
  { heading: 'DEALT WITH UP TO', cell: ({ upTo }) => upTo ?? '' },
];

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Who holds which slot, one line each, and the bots that hold none, for people. Ends with a newline. */
export function shardsText({ shardCount, bots, slots, idle }: ShardsView): string {
  const summary = `${counted(shardCount, 'shard')}, ${counted(bots, 'bot')}`;
  const held = table(COLUMNS, slots);
  return `${summary}\n\n${held}${idle.length > 0 ? `\nholding nothing: ${idle.join(', ')}\n` : ''}`;
}
