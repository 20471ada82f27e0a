import { afterEach, describe, expect, test } from 'bun:test';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { expectExact, identifies, talk } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

describe('several bots', () => {
  test('with two replicas, killing either is noticed by nobody', async () => {
    await start({ bots: 0, botEnvironment: { SHARD_REPLICAS: '2' } });
    await popple.startBot();
    await popple.startBot();
    const traffic = talk(popple);
    await Bun.sleep(1_000);
    popple.bots[0]?.kill('SIGKILL');
    await Bun.sleep(1_000);
    await popple.startBot({}, false);
    await popple.bots.at(-1)?.ready();
    popple.bots[1]?.kill('SIGKILL');
    await Bun.sleep(1_000);
    await expectExact(popple, await traffic.stop());
  });

  test('four shards go from one bot to three and back, by resuming, with exact totals', async () => {
    await start({ botEnvironment: { SHARD_COUNT: '4' }, discord: { identifyIntervalMs: 200 } });
    const held = async () => {
      const counts = await Promise.all(
        popple.bots.map(async (bot) => {
          const metrics = await fetch(`${bot.url}/metrics`).then(
            (response) => response.text(),
            () => '',
          );
          return Number(/popple_bot_slots_held (\d+)/.exec(metrics)?.[1] ?? 0);
        }),
      );
      return counts.toSorted((a, b) => b - a).join();
    };
    await popple.until('one bot holds all', async () => (await held()) === '4');
    const begun = identifies(popple);
    // Fewer than the 45 a second that bots allow themselves, or the answers wait for that.
    const traffic = talk(popple, 100);
    await popple.startBot();
    await popple.startBot();
    await popple.until('three share', async () => (await held()) === '2,1,1');
    await popple.bots[0]?.stop();
    popple.bots[1]?.kill('SIGKILL');
    await popple.until('the last holds all', async () => (await held()) === '4,0,0');
    await Bun.sleep(500);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(begun);
  });

  test('five bots started at once never identify too soon', async () => {
    await start({ bots: 0, botEnvironment: { SHARD_COUNT: '3' } });
    await Promise.all(Array.from({ length: 5 }, () => popple.startBot({}, false)));
    await popple.until('all shards are ready', () => identifies(popple) === 3);
    expect(popple.discord.records.identifies.filter(({ outcome }) => outcome === 'rate-limited')).toEqual([]);
  });

  test('after NATS was away for long, each session is resumed a few times and has one connection', async () => {
    const discord = { maxConcurrency: 8, identifyIntervalMs: 200 };
    await start({ bots: 2, botEnvironment: { SHARD_COUNT: '8' }, discord });
    await popple.nats.kill();
    await Bun.sleep(20_000);
    const before = popple.discord.records.resumes.length;
    await popple.nats.restart();
    await popple.until('both bots are ready', async () => {
      const all = await Promise.all(popple.bots.map((bot) => bot.readiness()));
      return all.every(({ ready }) => ready);
    });
    await Bun.sleep(15_000);
    // Each slot may go to the other bot and back. A connection that outlives its slot fights its successor indefinitely.
    const resumed = popple.discord.records.resumes.slice(before);
    expect(resumed.length).toBeLessThanOrEqual(24);
    expect(popple.discord.connections).toBe(8);
    await expectExact(popple, [popple.say('x++')]);
  });
});
