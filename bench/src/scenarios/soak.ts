import { STREAMS } from '@popple/shared/messaging/topology';
import type { Bench } from '../bench';
import { openDiscord } from '../chat/discord';
import { announceNothing, startBot, startWorkers, stopParts } from '../drive/parts';
import { residentMib } from '../measure/memory';
import { median } from '../measure/percentiles';
import type { SoakMemory } from '../results';

const SAMPLE_EVERY_MS = 5_000;
const QUARTERS = 4;
const CATCH_UP_MS = 60_000;

function summary(part: 'bot' | 'svc', samplesMib: readonly number[]): SoakMemory {
  const length = Math.ceil(samplesMib.length / QUARTERS);
  const quartersMib = Array.from({ length: QUARTERS }, (_, n) =>
    median(samplesMib.slice(n * length, (n + 1) * length)),
  );
  return { part, quartersMib, maxMib: Math.max(...samplesMib) };
}

/** Has bot and svc work for long at a steady load, and looks whether their memory grows. */
export async function soak(bench: Bench, seconds: number, perSecond: number): Promise<void> {
  const { stage, progress, results } = bench;
  const discord = await openDiscord();
  try {
    await stage.freshStreams();
    const databaseUrl = await stage.freshDatabase();
    await announceNothing(databaseUrl, discord);
    const [svc] = await startWorkers(stage, databaseUrl, 1);
    if (svc === undefined) throw new Error('svc did not start');
    const bot = await startBot(stage, discord);
    const messages = Math.round(seconds * perSecond);
    const samples = { bot: [] as number[], svc: [] as number[] };
    const stored = async () => (await stage.manager.streams.info(STREAMS.events)).state.messages;
    discord.talk(messages, perSecond);
    const endMs = performance.now() + seconds * 1_000;
    while (performance.now() < endMs) {
      await Bun.sleep(SAMPLE_EVERY_MS);
      samples.bot.push(residentMib(bot.pid));
      samples.svc.push(residentMib(svc.pid));
      const [botMib = 0, svcMib = 0] = [samples.bot.at(-1), samples.svc.at(-1)];
      const count = await stored();
      progress.step(
        `soak: ${count.toLocaleString('en')} of ${messages.toLocaleString('en')} messages, ` +
          `bot ${botMib.toFixed(0)} MiB, svc ${svcMib.toFixed(0)} MiB`,
      );
    }
    const giveUpAtMs = performance.now() + CATCH_UP_MS;
    while ((await stored()) < messages) {
      if (performance.now() > giveUpAtMs) {
        throw new Error(
          `${await stored()} of ${messages} messages came through; bot said:\n${bot.output() || '(nothing)'}`,
        );
      }
      await Bun.sleep(100);
    }
    results.soak = {
      seconds,
      perSecond,
      messages,
      memory: [summary('bot', samples.bot), summary('svc', samples.svc)],
    };
    await stopParts([bot, svc]);
  } finally {
    await discord.stop();
  }
}
