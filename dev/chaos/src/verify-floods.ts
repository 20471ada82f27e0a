import type { BotMessage, Evidence, Finding } from './evidence';
import type { Model } from './model';

/**
 * Replies that a flooded channel may get before the first one elsewhere. Bots that let a channel have all they can hold
 * give it 500 and more.
 */
const MOST_BEFORE_OTHERS = 300;

/** How much of what is said elsewhere after a flood is looked at; one reply to any of it will do. */
const OTHERS_LOOKED_AT = 40;

const inOrder = (a: { id: string }, b: { id: string }) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

/**
 * Whether floods of one channel kept other channels waiting. Goes by the order of replies and not by time: whatever else
 * breaks meanwhile holds both up.
 */
export function verifyFloods(model: Model, evidence: Evidence): Finding[] {
  const findings: Finding[] = [];
  const replies = evidence.messages.toSorted(inOrder);
  for (const { channelId, ids } of model.floods) {
    const flood = new Set(ids);
    const last = BigInt(ids.at(-1) ?? 0);
    const others = [...model.said.values()]
      .filter((said) => said.channelId !== channelId && BigInt(said.id) > last)
      .sort(inOrder)
      .slice(0, OTHERS_LOOKED_AT);
    const otherIds = new Set(others.map(({ id }) => id));
    const isTo = (wanted: ReadonlySet<string>) => (reply: BotMessage) => wanted.has(reply.replyToId ?? '');
    const first = replies.findIndex(isTo(otherIds));
    if (first === -1) continue;
    const before = replies.slice(0, first).filter(isTo(flood)).length;
    if (before <= MOST_BEFORE_OTHERS) continue;
    const problem = `${before} replies to a flood in channel ${channelId} came before the first one elsewhere`;
    findings.push({ kind: 'starved', problem, ids: [...otherIds] });
  }
  return findings;
}
