import { join } from 'node:path';
import type { TestService } from '@popple/testing/service';
import type { Bench } from '../bench';
import { type BenchDiscord, openDiscord } from '../chat/discord';
import { eventSpeed, untilAcked, untilEvents } from '../drive/events';
import { announceNothing, startBot, startWorkers, stopParts } from '../drive/parts';
import { fillRequests } from '../drive/requests';
import { LAYERS, type Layer, type LayerOrder } from '../layers/layer';
import {
  BUSY_SERVERS,
  changeRequests,
  HOT_SUBJECTS,
  mixedRequests,
  type Population,
  take,
} from '../load/requests';
import { runChild } from '../measure/child';
import { residentMib } from '../measure/memory';
import { CpuMeter, type CpuUse } from '../measure/meter-cpu';
import { type Speed, WARM_UP_SHARE } from '../measure/steady';
import type { Rate } from '../results';
import type { Stage } from '../stage/stage';

const LAYER_MAIN = join(import.meta.dir, '../layers/main.ts');
const SEED = 5;
/** How many messages may be on their way from Discord to the ledger at once. */
const CHAT_WINDOW = 4_000;

type BareLayer = Exclude<Layer, 'rest'>;

/** What a request passes in svc. */
const SVC_LAYERS = ['consume', 'apply', 'publish'];
/** What a message passes in bot and svc together, when nothing is answered. */
export const CHAT_LAYERS = ['publish', ...SVC_LAYERS, 'consume'];

/** Measures one layer once, in a process of its own. */
export function measureLayer(order: LayerOrder): Promise<Speed> {
  return runChild<Speed>(LAYER_MAIN, order);
}

/** Adds a round to what is known of a rate. */
function note<R extends Rate>(list: R[], round: R): void {
  const known = list.find(({ name }) => name === round.name);
  if (known === undefined) {
    list.push(round);
    return;
  }
  known.rounds.push(...round.rounds);
  known.cpu.push(...round.cpu);
}

function asRound(measured: Speed, cpu: CpuUse | undefined): Pick<Rate, 'rounds' | 'cpu'> {
  return { rounds: [measured.perSecond], cpu: cpu === undefined ? [] : [cpu] };
}

function orderFor(stage: Stage, layer: BareLayer, count: number, databaseUrl: string): LayerOrder {
  if (layer === 'apply') return { layer, count, databaseUrl, population: 'busy-servers', by: 'default' };
  return { layer, count, natsUrl: stage.natsUrl };
}

async function layer({ stage, sizes, results }: Bench, name: BareLayer): Promise<void> {
  const count = sizes.layerCount;
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  if (name === 'consume') await fillRequests(stage, take(changeRequests(BUSY_SERVERS, SEED), count));
  const cpu = new CpuMeter(0);
  cpu.passed(0);
  const measured = await measureLayer(orderFor(stage, name, count, databaseUrl));
  note(results.layers, { name, label: LAYERS[name], ...asRound(measured, cpu.end(count)) });
}

interface SvcPath {
  name: string;
  label: string;
  workers: number;
  population: Population;
  isMixed?: boolean;
}

export const SVC_PATHS: readonly SvcPath[] = [
  { name: 'svc-1', label: 'request → event, 1 worker', workers: 1, population: BUSY_SERVERS },
  { name: 'svc-2', label: 'request → event, 2 workers', workers: 2, population: BUSY_SERVERS },
  { name: 'svc-2-hot', label: '… 2 workers on 20 subjects', workers: 2, population: HOT_SUBJECTS },
  {
    name: 'svc-1-mixed',
    label: '… 1 worker, 5 % questions',
    workers: 1,
    population: BUSY_SERVERS,
    isMixed: true,
  },
];

/** Drains requests that are in the stream already. */
export async function svcPath({ stage, sizes, results }: Bench, path: SvcPath): Promise<Speed> {
  const { name, label, workers, population, isMixed } = path;
  const count = sizes.pathCount;
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  const supply = isMixed ? mixedRequests(population, SEED) : changeRequests(population, SEED);
  await fillRequests(stage, take(supply, count));
  const parts = await startWorkers(stage, databaseUrl, workers);
  const cpu = new CpuMeter(count * WARM_UP_SHARE, {
    ...Object.fromEntries(parts.map(({ pid }, index) => [`svc ${index + 1}`, pid])),
    Postgres: stage.postgresPid,
    NATS: stage.natsPid,
  });
  await untilEvents(stage.manager, count, (stored) => cpu.passed(stored));
  const used = cpu.end(count);
  await untilAcked(stage.manager);
  const measured = await eventSpeed(stage.manager, count);
  await stopParts(parts);
  note(results.paths, { name, label, layers: SVC_LAYERS, ...asRound(measured, used) });
  return measured;
}

/** Notes the memory of both parts; of several rounds the most. */
function noteMemory({ results }: Bench, parts: { bot: TestService; svc: TestService }, after: string): void {
  for (const part of ['bot', 'svc'] as const) {
    const mib = residentMib(parts[part].pid);
    const known = results.memory.find((one) => one.part === part && one.after === after);
    if (known === undefined) results.memory.push({ part, after, residentMib: mib });
    else known.residentMib = Math.max(known.residentMib, mib);
  }
}

/** From a member's word on the gateway to the event, with nothing answered. */
async function chatToLedger(bench: Bench, discord: BenchDiscord): Promise<void> {
  const { stage, sizes, results } = bench;
  const count = sizes.chatCount;
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  await announceNothing(databaseUrl, discord);
  const [svc] = await startWorkers(stage, databaseUrl, 1);
  const bot = await startBot(stage, discord);
  if (svc === undefined) throw new Error('svc did not start');
  const cpu = new CpuMeter(count * WARM_UP_SHARE, {
    bot: bot.pid,
    svc: svc.pid,
    Postgres: stage.postgresPid,
    NATS: stage.natsPid,
    Discord: discord.pid,
  });
  const begun = discord.said();
  await untilEvents(stage.manager, count, (stored) => {
    cpu.passed(stored);
    discord.sayUpTo(begun + Math.min(count, stored + CHAT_WINDOW));
  });
  const used = cpu.end(count);
  const measured = await eventSpeed(stage.manager, count);
  noteMemory(bench, { bot, svc }, `${count} messages at full speed`);
  await stopParts([bot, svc]);
  const path = { name: 'chat-silent', label: 'chat → ledger, bot + svc, announce off', layers: CHAT_LAYERS };
  note(results.paths, { ...path, ...asRound(measured, used) });
}

/** Measures every layer and every path once in each round, so that what else the machine does meets all of them. */
export async function rates(bench: Bench): Promise<void> {
  const { begin, sizes } = bench;
  const discord = await openDiscord();
  try {
    for (let round = 1; round <= sizes.rounds; round += 1) {
      const inRound = sizes.rounds === 1 ? '' : ` (round ${round} of ${sizes.rounds})`;
      for (const name of ['publish', 'consume', 'apply'] as const) {
        await begin(`bare layer: ${LAYERS[name]}${inRound}`);
        await layer(bench, name);
      }
      for (const path of SVC_PATHS) {
        await begin(`path: ${path.label}${inRound}`);
        await svcPath(bench, path);
      }
      await begin(`path: chat → ledger${inRound}`);
      await chatToLedger(bench, discord);
    }
  } finally {
    await discord.stop();
  }
}
