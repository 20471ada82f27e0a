import type { TestService } from '@popple/testing/service';
import type { Bench } from '../bench';
import { type BenchDiscord, openDiscord, type Survived } from '../chat/discord';
import { withoutGlobalLimit } from '../chat/unlimited';
import { startBot, startWorkers, stopParts } from '../drive/parts';
import { latencyOf } from '../measure/percentiles';
import type { KillSpeed } from '../results';

interface Kind {
  kind: KillSpeed['kind'];
  label: string;
  bots: number;
  replicas: number;
}

const KINDS: readonly Kind[] = [
  { kind: 'stand-by', label: 'the only reader, with a stand-by', bots: 2, replicas: 1 },
  { kind: 'restarted', label: 'the only bot, started again at once', bots: 1, replicas: 1 },
  { kind: 'replicas', label: 'one of two that read the same', bots: 2, replicas: 2 },
];

/**
 * Before a kill, so that it hits bots at work: one that was just started makes only few requests a second until the others
 * have noticed it (`RequestShare`).
 */
const STEADY_MS = 5_000;

/** The readers come first: a bot that was started later is the stand-by. */
async function killOnce(
  discord: BenchDiscord,
  bots: TestService[],
  { bots: wanted }: Kind,
  start: () => Promise<TestService>,
): Promise<Survived> {
  await Bun.sleep(STEADY_MS);
  const killed = bots.shift();
  if (killed === undefined) throw new Error('no bot is left to be killed');
  let next: Promise<TestService> | undefined;
  const survived = await discord.talkOverKill(() => {
    killed.kill('SIGKILL');
    if (wanted === 1) next = start();
  });
  bots.push(await (next ?? start()));
  return survived;
}

async function measureKind(bench: Bench, discord: BenchDiscord, kind: Kind): Promise<void> {
  const { stage, sizes, results } = bench;
  await stage.freshStreams();
  const workers = await startWorkers(stage, await stage.freshDatabase(), 1);
  const environment = { ...withoutGlobalLimit(), SHARD_REPLICAS: String(kind.replicas) };
  const start = () => startBot(stage, discord, environment);
  const bots: TestService[] = [];
  for (let count = 0; count < kind.bots; count += 1) bots.push(await start());
  const kills: Survived[] = [];
  while (kills.length < sizes.kills) {
    bench.progress.step(`kill to answer: ${kind.label}, ${kills.length + 1} of ${sizes.kills}`);
    kills.push(await killOnce(discord, bots, kind, start));
  }
  await stopParts([...bots, ...workers]);
  results.kills.push({
    kind: kind.kind,
    label: kind.label,
    first: latencyOf(kills.map(({ firstMs }) => firstMs)),
    slowest: latencyOf(kills.map(({ slowestMs }) => slowestMs)),
  });
}

/** From the kill of a bot, while members talk, to the first answer of what was said after it. */
export async function kills(bench: Bench): Promise<void> {
  for (const kind of KINDS) {
    await bench.begin(`kill to answer: ${kind.label}`);
    const discord = await openDiscord();
    try {
      await measureKind(bench, discord, kind);
    } finally {
      await discord.stop();
    }
  }
}
