import { join } from 'node:path';
import type { Bench } from '../bench';
import { openDiscord } from '../chat/discord';
import { withoutGlobalLimit } from '../chat/unlimited';
import { untilAcked } from '../drive/events';
import { startBot, startWorkers, stopParts } from '../drive/parts';
import { fillRequests } from '../drive/requests';
import type { LatencyOrder } from '../latency/order';
import { BUSY_SERVERS, changeRequests, take } from '../load/requests';
import { runChild } from '../measure/child';
import { CpuMeter } from '../measure/meter-cpu';
import { type LatencyMs, median } from '../measure/percentiles';
import type { Load } from '../results';
import { SVC_PATHS, svcPath } from './rates';

const LATENCY_MAIN = join(import.meta.dir, '../latency/main.ts');
/** A talkative community; Discord allows a bot no more answers a second. */
const SLOW_PER_SECOND = 50;
const WARM_UP_COUNT = 8_000;
const ROUNDS = 3;

/** The peak of one worker: as measured before in this run, or measured now. */
async function peakPerSecond(bench: Bench): Promise<number> {
  const known = bench.results.paths.find(({ name }) => name === 'svc-1');
  if (known !== undefined) return median(known.rounds);
  const [one] = SVC_PATHS;
  if (one === undefined) throw new Error('there is no path of one worker');
  await bench.begin('the peak, of which half is to be measured');
  return (await svcPath(bench, one)).perSecond;
}

/** Measures once and notes how busy others kept the machine meanwhile. */
async function underWatch(measure: () => Promise<LatencyMs>): Promise<Pick<Load, 'latency' | 'othersShare'>> {
  const cpu = new CpuMeter(0);
  cpu.passed(0);
  const latency = await measure();
  return { latency, othersShare: cpu.end(1)?.othersShare };
}

/** Measures in rounds, and keeps the one whose p99 is the median: a hiccup of the machine falls into one of them. */
async function inRounds(measure: () => Promise<LatencyMs>): Promise<Pick<Load, 'latency' | 'othersShare'>> {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await underWatch(measure));
  rounds.sort((a, b) => a.latency.p99 - b.latency.p99);
  const middle = rounds[ROUNDS >> 1];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

async function svcLatency(bench: Bench): Promise<void> {
  const { stage, sizes, begin, results } = bench;
  const peak = await peakPerSecond(bench);
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  const parts = await startWorkers(stage, databaseUrl, 1);
  await fillRequests(stage, take(changeRequests(BUSY_SERVERS, 1), WARM_UP_COUNT));
  await untilAcked(stage.manager);
  let seed = 100;
  const at = (perSecond: number, seconds: number) => () => {
    seed += 1;
    const count = Math.round(perSecond * seconds);
    const order: LatencyOrder = { natsUrl: stage.natsUrl, count, perSecond, seed };
    return runChild<LatencyMs>(LATENCY_MAIN, order);
  };
  const { slow, half, curve } = sizes.latencySeconds;
  await begin(`latency at ${SLOW_PER_SECOND} requests a second`);
  const label = `${SLOW_PER_SECOND} a second`;
  const measured = await inRounds(at(SLOW_PER_SECOND, slow / ROUNDS));
  results.loads.svc.push({ label, perSecond: SLOW_PER_SECOND, ...measured });
  for (const share of sizes.curve) {
    const perSecond = share * peak;
    const label = share === 0.5 ? 'half of the peak' : `${Math.round(share * 100)} % of the peak`;
    await begin(`latency at ${label}, ${Math.round(perSecond)} requests a second`);
    const measured = await underWatch(at(perSecond, share === 0.5 ? half : curve));
    results.loads.svc.push({ label, perSecond, ...measured });
  }
  await stopParts(parts);
}

async function chatLatency({ stage, sizes, begin, results }: Bench): Promise<void> {
  const discord = await openDiscord();
  try {
    await stage.freshStreams();
    const databaseUrl = await stage.freshDatabase();
    const parts = await startWorkers(stage, databaseUrl, 1);
    // At 50 a second discord.js would spend the seconds at its own limit, and that is what would be measured.
    parts.push(await startBot(stage, discord, withoutGlobalLimit()));
    const perSecond = SLOW_PER_SECOND;
    await discord.ask({ do: 'say-answered', count: 500, window: 50 });
    await begin(`latency from chat to answer at ${perSecond} messages a second`);
    const count = Math.round((perSecond * sizes.latencySeconds.chat) / ROUNDS);
    const measured = await inRounds(
      async () => (await discord.ask({ do: 'say-paced', count, perSecond })).latency,
    );
    results.loads.chat.push({ label: `${perSecond} a second`, perSecond, ...measured });
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
