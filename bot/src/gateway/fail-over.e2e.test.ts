import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import type { TestService } from '@popple/testing/service';
import { startTcpProxy } from '@popple/testing/tcp-proxy';
import { connect, nanos } from 'nats';
import { expectExact, identifies, resumes, talk } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

/** Has leases outlive the test, so that nothing is free because it expired. */
async function keepLeases(): Promise<void> {
  const connection = await connect({ servers: popple.nats.url });
  const manager = await connection.jetstreamManager();
  await manager.streams.update('KV_POPPLE_LEASES', { max_age: nanos(3_600_000) });
  await connection.close();
}

async function metric(bot: TestService | undefined, name: string): Promise<number> {
  const metrics = await fetch(`${bot?.url}/metrics`).then((response) => response.text());
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1] ?? Number.NaN);
}

const handOvers = () =>
  popple.bots
    .map((bot) => bot.output().split('handed a slot over').length - 1)
    .reduce((sum, count) => sum + count, 0);

describe('fail-over', () => {
  test('a stand-by takes over from a bot that was killed without waiting for its lease to expire', async () => {
    await start();
    await popple.startBot();
    await keepLeases();
    const traffic = talk(popple);
    await Bun.sleep(300);
    popple.bots[0]?.kill('SIGKILL');
    await popple.until('the session is resumed', () => resumes(popple) === 1);
    await Bun.sleep(300);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(1);
    expect(popple.bots[1]?.output()).toContain('a bot is gone from NATS');
  });

  test('what several dead bots held is taken, one after another', async () => {
    await start({
      botEnvironment: { SHARD_COUNT: '4' },
      discord: { maxConcurrency: 8, identifyIntervalMs: 200 },
    });
    await popple.startBot();
    await popple.startBot();
    await popple.startBot();
    await popple.until('each holds one', async () =>
      (await Promise.all(popple.bots.map((bot) => metric(bot, 'popple_bot_slots_held')))).every(
        (count) => count === 1,
      ),
    );
    await keepLeases();
    for (const bot of popple.bots.slice(0, 3)) bot.kill('SIGKILL');
    await popple.until(
      'the last reads all',
      async () => (await metric(popple.bots[3], 'popple_bot_slots_held')) === 4,
    );
    await expectExact(popple, [popple.say('x++')]);
  });

  test('a bot whose connection to NATS breaks for a moment keeps its slot', async () => {
    await start({ bots: 0 });
    const proxy = await startTcpProxy({ target: popple.nats.url });
    try {
      // On a machine that is too busy to reconnect within the half second that others wait, it may lose the slot.
      for (let attempt = 1; ; attempt += 1) {
        const holder = await popple.startBot({ NATS_URL: proxy.url });
        const other = await popple.startBot();
        proxy.cut();
        await Bun.sleep(2_000);
        await popple.until('it is ready', async () => (await holder.readiness()).ready);
        if (!other.output().includes('took a slot')) break;
        if (attempt === 5) throw new Error(`it lost its slot each time:\n${holder.output()}`);
        await Promise.all([holder.stop(), other.stop()]);
      }
      await expectExact(popple, [popple.say('x++')]);
    } finally {
      await Promise.all(popple.bots.map((bot) => bot.stop()));
      await proxy.stop();
    }
  }, 180_000);

  test('a bot that is cut off from NATS loses its slot to one that is not, and all that is said counts once', async () => {
    await start({ bots: 0 });
    const proxy = await startTcpProxy({ target: popple.nats.url });
    try {
      await popple.startBot({ NATS_URL: proxy.url });
      await popple.startBot();
      const traffic = talk(popple, 50);
      await Bun.sleep(500);
      await proxy.refuse();
      proxy.cut();
      await popple.until('the other reads', async () => {
        return (await metric(popple.bots[1], 'popple_bot_sessions_ready')) === 1;
      });
      const taken = resumes(popple);
      await Bun.sleep(8_000);
      // The one that is cut off leaves the session to its successor.
      expect(resumes(popple) - taken).toBeLessThanOrEqual(1);
      await proxy.heal();
      await Bun.sleep(3_000);
      await expectExact(popple, await traffic.stop());
      expect(identifies(popple)).toBe(1);
    } finally {
      await Promise.all(popple.bots.map((bot) => bot.stop()));
      await proxy.stop();
    }
  });

  test('after NATS was away for long, the bot that is back first leaves the others theirs', async () => {
    await start({
      botEnvironment: { SHARD_COUNT: '4' },
      discord: { maxConcurrency: 8, identifyIntervalMs: 200 },
    });
    const second = await popple.startBot();
    await popple.until('each holds two', async () =>
      (await Promise.all(popple.bots.map((bot) => metric(bot, 'popple_bot_slots_held')))).every(
        (count) => count === 2,
      ),
    );
    const before = handOvers();
    await popple.nats.kill();
    await Bun.sleep(11_000);
    second.kill('SIGSTOP');
    await popple.nats.restart();
    await popple.until('the first is back', async () => {
      const readiness = await popple.bots[0]?.readiness();
      return readiness?.dependencies.nats === 'ok' || readiness?.ready === true;
    });
    await Bun.sleep(3_500);
    second.kill('SIGCONT');
    await popple.until('both are ready', async () =>
      (await Promise.all(popple.bots.map((bot) => bot.readiness()))).every(({ ready }) => ready),
    );
    expect(await metric(second, 'popple_bot_slots_held')).toBe(2);
    expect(handOvers()).toBe(before);
    await expectExact(popple, [popple.say('x++')]);
  });

  test('a bot that reaches NATS but not Discord leaves its shard to one that does', async () => {
    await start({ bots: 0 });
    const proxy = await startTcpProxy({ target: popple.discord.url });
    try {
      const { apiUrl, url } = popple.discord;
      const cutOff = await popple.startBot({ DISCORD_API_URL: apiUrl.replace(url, proxy.url) });
      const standBy = await popple.startBot();
      await popple.reply(popple.say('warm++'));
      proxy.blackhole();
      proxy.cut();
      popple.discord.faults.gateway.dropConnections();
      const said: Message[] = [popple.say('x++')];
      await popple.until('the first stands back', () => cutOff.output().includes('standing back'));
      await popple.until('the other took over', async () => {
        return (await metric(standBy, 'popple_bot_sessions_ready')) === 1;
      });
      await expectExact(popple, said);
      expect(await metric(cutOff, 'popple_bot_sessions_ready')).toBe(0);
      expect((await cutOff.readiness()).dependencies.gateway).toContain('cannot reach the gateway');
    } finally {
      await Promise.all(popple.bots.map((bot) => bot.stop()));
      await proxy.stop();
    }
  }, 120_000);

  test('a bot alone keeps trying', async () => {
    await start({ bots: 0 });
    const proxy = await startTcpProxy({ target: popple.discord.url });
    try {
      const { apiUrl, url } = popple.discord;
      const bot = await popple.startBot({ DISCORD_API_URL: apiUrl.replace(url, proxy.url) });
      await popple.reply(popple.say('warm++'));
      await proxy.refuse();
      proxy.cut();
      await Bun.sleep(33_000);
      expect(handOvers()).toBe(0);
      await proxy.heal();
      await popple.until('it is back', async () => (await bot.readiness()).ready);
      await expectExact(popple, [popple.say('x++')]);
    } finally {
      await Promise.all(popple.bots.map((bot) => bot.stop()));
      await proxy.stop();
    }
  }, 120_000);
});

describe('the first seconds', () => {
  test('a bot killed soon after its first session has begun leaves behind where to go on', async () => {
    await start({ bots: 0 });
    await popple.startBot({}, false);
    await popple.until(
      'it has begun',
      () => popple.bots[0]?.output().includes('gateway session ready') === true,
    );
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    for (let turn = 0; turn < 20; turn += 1) said.push(popple.say('x++'));
    popple.discord.faults.gateway.forgetSessions();
    await popple.startBot();
    await expectExact(popple, said);
  });
});
