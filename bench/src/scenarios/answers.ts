import type { Bench } from '../bench';
import { type BenchDiscord, openDiscord } from '../chat/discord';
import { withoutGlobalLimit } from '../chat/unlimited';
import { startBot, startWorkers, stopParts } from '../drive/parts';
import { LAYERS } from '../layers/layer';
import { CHAT_LAYERS, measureLayer } from './rates';

/** How many messages may wait for their answers at once: some for each channel. */
const WINDOW = 400;

interface Limit {
  name: string;
  isUnlimited: boolean;
  label: string;
}

const LIMITS: readonly Limit[] = [
  { name: '', isUnlimited: false, label: "Discord's 50 a second" },
  { name: '-unlimited', isUnlimited: true, label: 'no global limit' },
];

async function restLayer(bench: Bench, discord: BenchDiscord, limit: Limit): Promise<void> {
  const { apiUrl, token, channelIds } = discord.place;
  const count = limit.isUnlimited ? bench.sizes.answerCount : bench.sizes.restCount;
  const { isUnlimited } = limit;
  const { perSecond } = await measureLayer({ layer: 'rest', count, apiUrl, token, channelIds, isUnlimited });
  bench.results.layers.push({
    name: `rest${limit.name}`,
    label: `${LAYERS.rest}, ${limit.label}`,
    rounds: [perSecond],
    cpu: [],
  });
}

async function answerPath(bench: Bench, discord: BenchDiscord, limit: Limit): Promise<void> {
  const { stage, sizes, results } = bench;
  await stage.freshStreams();
  const databaseUrl = await stage.freshDatabase();
  const parts = await startWorkers(stage, databaseUrl, 1);
  parts.push(await startBot(stage, discord, limit.isUnlimited ? withoutGlobalLimit() : {}));
  const count = limit.isUnlimited ? sizes.answerCount : sizes.restCount;
  const { speed } = await discord.ask({ do: 'say-answered', count, window: Math.min(WINDOW, count) });
  await stopParts(parts);
  results.paths.push({
    name: `chat-answered${limit.name}`,
    label: `chat → answer, announce on, ${limit.label}`,
    rounds: [speed.perSecond],
    cpu: [],
    // Beside what a silent message passes: the two notes in the bot's memory, and Discord itself.
    layers: [...CHAT_LAYERS, 'publish', 'publish', `rest${limit.name}`],
  });
}

/** From a member's word to the bot's answer, with Discord's limit on requests and without. */
export async function answers(bench: Bench): Promise<void> {
  const discord = await openDiscord();
  try {
    for (const limit of LIMITS) {
      await bench.begin(`bare layer: ${LAYERS.rest}, ${limit.label}`);
      await restLayer(bench, discord, limit);
      await bench.begin(`path: chat → answer, ${limit.label}`);
      await answerPath(bench, discord, limit);
    }
  } finally {
    await discord.stop();
  }
}
