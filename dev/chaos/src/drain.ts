import { ACK_WAIT_MS, STREAMS } from '@popple/shared/messaging/topology';
import { holdsInTime } from '@popple/testing/until';
import type { Finding } from './evidence';
import { isRequest, type Model } from './model';
import { everybodyReady, SHARDS, type Stage } from './stage';

/** How to wait for the end. */
export interface DrainOptions {
  /** Has what the dead held redelivered after so long instead of ack_wait. */
  readonly redeliverAfterMs?: number;
  /** How long to wait for late duplicates when everything is done. */
  readonly lateMs: number;
}

/** Waits until nothing can come a second time any more. */
export const THOROUGHLY: DrainOptions = { lateMs: ACK_WAIT_MS + 4_000 };

/** The same with a shorter ack_wait, for the test suite. */
export const QUICKLY: DrainOptions = { redeliverAfterMs: 2_000, lateMs: 4_000 };

const READY_WITHIN_MS = 90_000;
/** The bot pauses up to 30 s between tries to post a reply; svc as long between batches. */
const DRAINED_WITHIN_MS = 240_000;
/** Slots may still be handed over once when everything is whole; two bots that fight for one never stop. */
const MOST_LATE_STARTS = 2 * SHARDS;
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 30_000;

/** Ends every fault that is still going on. */
export async function heal({ links, discord, nats }: Stage): Promise<void> {
  discord.faults.clear();
  nats.resume();
  await Promise.all(Object.values(links).flatMap((proxies) => proxies.map((proxy) => proxy.heal())));
}

async function missingRequests({ observer }: Stage, model: Model): Promise<string[]> {
  const entries = await observer.entries(STREAMS.requests, 1, PATIENCE_MS);
  const stored = new Set(entries.map(({ id }) => id));
  return [...model.said.values()]
    .filter((said) => isRequest(said.effect) && !model.mayBeUnread(said) && !stored.has(said.id))
    .map(({ id }) => id);
}

/** Resolves when both consumers have nothing left, neither to deliver nor to wait for; else to what is left. */
async function drained({ observer }: Stage): Promise<string | undefined> {
  let left = '';
  const isDrained = await holdsInTime(
    async () => {
      const [svc, bot] = (await observer.progress(PATIENCE_MS)).map(({ pending, unacked }) =>
        pending + unacked === 0 ? '' : `${pending} to deliver, ${unacked} unacked`,
      );
      left = [svc && `svc: ${svc}`, bot && `bot: ${bot}`].filter(Boolean).join('; ');
      return left === '';
    },
    { withinMs: DRAINED_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  );
  return isDrained ? undefined : left;
}

/** Each shard has the same number of connected sessions, at least one, and no spare connection. */
function sessionFindings({ discord, replicas }: Stage): Finding[] {
  const connected = discord.sessions().filter((session) => session.connected);
  return Array.from({ length: SHARDS }, (_, shard) => shard).flatMap((shard) => {
    const count = connected.filter((session) => session.shard[0] === shard).length;
    if (count === replicas) return [];
    const problem = `shard ${shard} has ${count} connected sessions, not ${replicas}`;
    return [{ kind: 'gateway', problem, ids: [] } as const];
  });
}

/**
 * Waits, once nothing is broken any more, until everything is done: every part is ready, every message is in the stream,
 * both consumers are drained, and then as long again as it takes for the last thing unacked to come a second time.
 * Resolves to what did not come about in minutes; the evidence is worth reading all the same.
 */
export async function drain(
  stage: Stage,
  model: Model,
  { redeliverAfterMs, lateMs }: DrainOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const undrained = (problem: string, ids: readonly string[] = []) =>
    findings.push({ kind: 'not-drained', problem, ids });
  try {
    await everybodyReady(stage, READY_WITHIN_MS);
  } catch (error) {
    undrained(error instanceof Error ? error.message : String(error));
  }
  if (redeliverAfterMs !== undefined) await stage.observer.hurryRedeliveries(redeliverAfterMs, PATIENCE_MS);
  let missing: string[] = [];
  await holdsInTime(
    async () => {
      missing = await missingRequests(stage, model);
      return missing.length === 0;
    },
    { withinMs: READY_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  );
  if (missing.length > 0) undrained('the bot did not publish what it read', missing);
  const left = await drained(stage);
  if (left !== undefined)
    undrained(`not everything was handled in ${DRAINED_WITHIN_MS / 60_000} minutes: ${left}`);
  const { counts } = stage.discord.records;
  const before = counts.resumes + counts.identifies;
  // A worker that was frozen or cut off may still send what it had: its duplicates must be dropped too.
  await Bun.sleep(lateMs);
  const starts = counts.resumes + counts.identifies - before;
  if (starts > MOST_LATE_STARTS) {
    const problem = `${starts} sessions were resumed or begun in ${lateMs / 1_000} s in which nothing was broken`;
    findings.push({ kind: 'gateway', problem, ids: [] });
  }
  findings.push(...sessionFindings(stage));
  const late = await drained(stage);
  if (late !== undefined) undrained(`late redeliveries were not handled: ${late}`);
  return findings;
}
