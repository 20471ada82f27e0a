import type { Bench } from '../bench';
import { eventSpeed, untilAcked, untilEvents } from '../drive/events';
import { startWorkers, stopParts } from '../drive/parts';
import { fillRequests } from '../drive/requests';
import { BUSY_SERVERS, changeRequests, take } from '../load/requests';
import { residentMib } from '../measure/memory';

const SEED = 23;
const FILL_AT_ONCE = 20_000;

/** One worker comes back to what has piled up: the speed from its first event to its last, without any warm-up. */
export async function backlog({ stage, sizes, begin, results }: Bench): Promise<void> {
  const count = sizes.backlogCount;
  await begin(`a backlog of ${count.toLocaleString('en')} requests piles up`);
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  const supply = changeRequests(BUSY_SERVERS, SEED);
  for (let filled = 0; filled < count; filled += FILL_AT_ONCE) {
    await fillRequests(stage, take(supply, Math.min(FILL_AT_ONCE, count - filled)));
  }
  await begin('one worker drains the backlog');
  const parts = await startWorkers(stage, databaseUrl, 1);
  await untilEvents(stage.manager, count);
  const { perSecond, seconds } = await eventSpeed(stage.manager, count, 0);
  await untilAcked(stage.manager);
  results.backlog = { requests: count, perSecond, seconds };
  for (const { pid } of parts) {
    results.memory.push({ part: 'svc', after: `a backlog of ${count}`, residentMib: residentMib(pid) });
  }
  await stopParts(parts);
}
