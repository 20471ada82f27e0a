import { join } from 'node:path';
import type { Bench } from '../bench';
import { openDiscord } from '../chat/discord';
import { withoutGlobalLimit } from '../chat/unlimited';
import { untilAcked } from '../drive/events';
import { startBot, startWorkers, stopParts } from '../drive/parts';
import { fillRequests } from '../drive/requests';
import type { LatencyOrder } from '../latency/order';
import { BUSY_TOWN, changeRequests, take } from '../load/requests';
import { runChild } from '../measure/child';
import { type LatencyMs, median } from '../measure/percentiles';
import { SVC_PATHS, svcPath } from './rates';

const LATENCY_MAIN = join(import.meta.dir, '../latency/main.ts');
/** A talkative community; Discord allows a bot no more answers a second. */
const SLOW_PER_SECOND = 50;
const WARM_UP_COUNT = 8_000;

/** The peak of one worker: as measured before in this run, or measured now. */
async function peakPerSecond(bench: Bench): Promise<number> {
  const known = bench.results.paths.find(({ name }) => name === 'svc-1');
  if (known !== undefined) return median(known.rounds);
  const [one] = SVC_PATHS;
  if (one === undefined) throw new Error('there is no path of one worker');
  await bench.begin('the peak, of which half is to be measured');
  return (await svcPath(bench, one)).perSecond;
}

async function svcLatency(bench: Bench): Promise<void> {
  const { stage, sizes, begin, results } = bench;
  const peak = await peakPerSecond(bench);
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  const parts = await startWorkers(stage, databaseUrl, 1);
  await fillRequests(stage, take(changeRequests(BUSY_TOWN, 1), WARM_UP_COUNT));
  await untilAcked(stage.manager);
  let seed = 100;
  const measure = async (label: string, perSecond: number, seconds: number) => {
    await begin(`latency at ${Math.round(perSecond)} requests a second`);
    seed += 1;
    const count = Math.round(perSecond * seconds);
    const order: LatencyOrder = { natsUrl: stage.natsUrl, count, perSecond, seed };
    const latency = await runChild<LatencyMs>(LATENCY_MAIN, order);
    results.loads.svc.push({ label, perSecond, latency });
  };
  const { slow, half, curve } = sizes.latencySeconds;
  await measure('50 a second', SLOW_PER_SECOND, slow);
  for (const share of sizes.curve) {
    const label = share === 0.5 ? 'half of the peak' : `${Math.round(share * 100)} % of the peak`;
    await measure(label, share * peak, share === 0.5 ? half : curve);
  }
  await stopParts(parts);
}

async function chatLatency({ stage, sizes, begin, results }: Bench): Promise<void> {
  await begin('latency from chat to answer');
  const discord = await openDiscord();
  try {
    await stage.freshStreams();
    const databaseUrl = await stage.freshDatabase();
    const parts = await startWorkers(stage, databaseUrl, 1);
    // At 50 a second discord.js would spend the seconds at its own limit, and that is what would be measured.
    parts.push(await startBot(stage, discord, withoutGlobalLimit()));
    const perSecond = SLOW_PER_SECOND;
    await discord.ask({ do: 'say-answered', count: 500, window: 50 });
    const count = perSecond * sizes.latencySeconds.chat;
    const { latency } = await discord.ask({ do: 'say-paced', count, perSecond });
    results.loads.chat.push({ label: '50 a second', perSecond, latency });
    await stopParts(parts);
  } finally {
    await discord.stop();
  }
}

/** How long an answer takes while there is time to spare, at half of the peak, and on the way to it. */
export async function latency(bench: Bench): Promise<void> {
  await svcLatency(bench);
  await chatLatency(bench);
}
