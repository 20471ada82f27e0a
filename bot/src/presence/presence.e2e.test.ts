import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/dev/discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/dev/testing/popple';
import postgres from 'postgres';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

/** Sees that every one of these messages, each `subject++`, counted once and was answered once. */
async function expectExact(messages: readonly Message[], subject = 'x'): Promise<void> {
  await popple.until('all is answered', () =>
    messages.every((message) => popple.repliesTo(message).length > 0),
  );
  const marker = popple.say(`<@${popple.discord.world.botId}> karma ${subject}`);
  expect(await popple.reply(marker)).toBe(`${subject} has ${messages.length} karma.`);
  const counts = messages.map((message) => popple.repliesTo(message).length);
  expect(counts.filter((count) => count !== 1)).toEqual([]);
}

/** Talks in both servers, one message every few milliseconds, until told to stop. */
function talk(): { stop(): Promise<Message[]> } {
  let isTalking = true;
  const said: Message[] = [];
  const done = (async () => {
    const channels = [popple.channel('general'), popple.channel('seedlings')];
    for (let turn = 0; isTalking; turn += 1) {
      const channel = channels[turn % channels.length];
      if (channel) said.push(popple.say('x++', { channel }));
      await Bun.sleep(10);
    }
    return said;
  })();
  return {
    stop: () => {
      isTalking = false;
      return done;
    },
  };
}

const identifies = () =>
  popple.discord.records.identifies.filter(({ outcome }) => outcome === 'ready').length;
const resumes = () => popple.discord.records.resumes.filter(({ outcome }) => outcome === 'resumed').length;

describe('resuming', () => {
  test('a stopped bot is followed by one that resumes its session, and nothing said meanwhile is missed', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    expect(await popple.bots[0]?.stop()).toEqual({ code: 0, signal: null });
    said.push(...Array.from({ length: 20 }, () => popple.say('x++')));
    await popple.startBot();
    await expectExact(said);
    expect(identifies()).toBe(1);
    expect(resumes()).toBe(1);
  });

  test('a killed bot is followed by one that resumes, under traffic', async () => {
    await start();
    const traffic = talk();
    await Bun.sleep(1_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.startBot();
    await Bun.sleep(500);
    await expectExact(await traffic.stop());
    expect(identifies()).toBe(1);
    expect(resumes()).toBeGreaterThanOrEqual(1);
  });

  test.each<[string, () => void]>([
    ['a lost connection', () => popple.discord.faults.gateway.dropConnections()],
    ['a request to reconnect', () => popple.discord.faults.gateway.sendReconnect()],
    ['an invalid session that can be resumed', () => popple.discord.faults.gateway.invalidSession(true)],
    ['close code 4000', () => popple.discord.faults.gateway.close('all', 4000)],
    ['close code 4009', () => popple.discord.faults.gateway.close('all', 4009)],
  ])('%s is resumed by the same bot', async (_what, strike) => {
    await start();
    const traffic = talk();
    await Bun.sleep(300);
    strike();
    await Bun.sleep(300);
    await popple.until('it is resumed', () => resumes() > 0);
    await Bun.sleep(200);
    await expectExact(await traffic.stop());
    expect(identifies()).toBe(1);
  });

  test('a connection on which nothing is acknowledged any more is replaced', async () => {
    await start({ discord: { heartbeatIntervalMs: 500 } });
    const traffic = talk();
    await Bun.sleep(300);
    popple.discord.faults.gateway.silence();
    await popple.until('it is resumed', () => resumes() > 0);
    await expectExact(await traffic.stop());
    expect(identifies()).toBe(1);
  });

  test('a gateway that cannot be reached for a while does not cost the session', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    popple.discord.faults.gateway.refuseConnections(3);
    popple.discord.faults.gateway.dropConnections();
    said.push(popple.say('x++'));
    await expectExact(said);
    expect(identifies()).toBe(1);
  });
});

describe('reading back', () => {
  test('a session that Discord has forgotten is followed by a new one that reads back what was missed', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    for (let turn = 0; turn < 130; turn += 1)
      said.push(popple.say('x++', { channel: popple.channel('seedlings') }));
    const quiet = popple.channel('compost');
    popple.discord.world.deny(quiet.id, 'ReadMessageHistory');
    popple.say('hidden++', { channel: quiet });
    await popple.startBot();
    await expectExact(said);
    expect(identifies()).toBe(2);
    const asked = popple.discord.records.requests.filter(
      ({ path }) => path === `/channels/${quiet.id}/messages`,
    );
    expect(asked).toEqual([]);
  });

  test('an invalid session in the midst of traffic loses nothing', async () => {
    await start();
    const traffic = talk();
    await Bun.sleep(300);
    popple.discord.faults.gateway.invalidSession(false);
    await popple.until('a new session has begun', () => identifies() > 1);
    await Bun.sleep(300);
    await expectExact(await traffic.stop());
  });

  test('what was said in an active thread is read back too', async () => {
    await start();
    const parent = popple.channel();
    const thread = popple.discord.world.addChannel({
      guildId: parent.guildId ?? '',
      name: 'a thread',
      kind: 'thread',
      parentId: parent.id,
    });
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const said = [popple.say('x++', { channel: thread })];
    await popple.startBot();
    await expectExact(said);
  });

  test('the first session ever, and a server just joined, are not read back', async () => {
    await start({ bots: 0 });
    const before = popple.say('x++');
    await popple.startBot();
    await popple.reply(popple.say('marker++'));
    expect(popple.repliesTo(before)).toEqual([]);
  });

  test('a bot killed while it reads back is followed by one that reads the rest', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    for (let turn = 0; turn < 450; turn += 1) said.push(popple.say('x++'));
    popple.discord.faults.rest({ match: '^GET /channels/\\d+/messages', delayMs: 700, times: 100 });
    const reader = await popple.startBot();
    await popple.until('a page was read', () =>
      popple.discord.records.requests.some(
        ({ method, path }) => method === 'GET' && path.endsWith('/messages'),
      ),
    );
    reader.kill('SIGKILL');
    await reader.exited;
    await popple.startBot();
    await expectExact(said);
  });
});

describe('backpressure', () => {
  test('what is said while NATS is away counts when it is back, and the bot says not ready meanwhile', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await popple.nats.kill();
    for (let turn = 0; turn < 50; turn += 1) said.push(popple.say('x++'));
    const [bot] = popple.bots;
    await popple.until('the bot is not ready', async () => !(await bot?.readiness())?.ready);
    await popple.nats.restart();
    await expectExact(said);
  });

  test('a bot killed while NATS is away has not written down what it could not publish', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await Bun.sleep(1_500);
    await popple.nats.kill();
    for (let turn = 0; turn < 20; turn += 1) said.push(popple.say('x++'));
    await Bun.sleep(300);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.nats.restart();
    await popple.startBot();
    await expectExact(said);
    expect(identifies()).toBe(1);
  });
});

describe('several bots', () => {
  test('with two replicas, killing either is noticed by nobody', async () => {
    await start({ bots: 0, botEnvironment: { SHARD_REPLICAS: '2' } });
    await popple.startBot();
    await popple.startBot();
    const traffic = talk();
    await Bun.sleep(1_000);
    popple.bots[0]?.kill('SIGKILL');
    await Bun.sleep(1_000);
    await popple.startBot({}, false);
    await popple.bots.at(-1)?.ready();
    popple.bots[1]?.kill('SIGKILL');
    await Bun.sleep(1_000);
    await expectExact(await traffic.stop());
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
    const begun = identifies();
    const traffic = talk();
    await popple.startBot();
    await popple.startBot();
    await popple.until('three share', async () => (await held()) === '2,1,1');
    await popple.bots[0]?.stop();
    popple.bots[1]?.kill('SIGKILL');
    await popple.until('the last holds all', async () => (await held()) === '4,0,0');
    await Bun.sleep(500);
    await expectExact(await traffic.stop());
    expect(identifies()).toBe(begun);
  });

  test('five bots started at once never identify too soon', async () => {
    await start({ bots: 0, botEnvironment: { SHARD_COUNT: '3' } });
    await Promise.all(Array.from({ length: 5 }, () => popple.startBot({}, false)));
    await popple.until('all shards are ready', () => identifies() === 3);
    expect(popple.discord.records.identifies.filter(({ outcome }) => outcome === 'rate-limited')).toEqual([]);
  });
});

describe('what no waiting mends', () => {
  test.each([
    ['a switched-off intent', { privilegedIntents: 0 }, 'Message Content intent'],
    ['too few shards', { maxGuildsPerShard: 1 }, 'SHARD_COUNT'],
  ])('%s ends the bot with what to do', async (_what, discord, sentence) => {
    await start({ bots: 0, discord });
    const bot = await popple.startBot({ SHARD_COUNT: '1' }, false);
    expect((await bot.exited).code).toBe(1);
    expect(bot.output()).toContain(sentence);
  });
});

test('each message of all these is one ledger row', async () => {
  await start();
  const said = Array.from({ length: 5 }, () => popple.say('x++'));
  await expectExact(said);
  const sql = postgres(popple.database.url, { max: 1 });
  const rows = await sql<{ request_id: string }[]>`select request_id::text from ledger order by request_id`;
  await sql.end();
  expect(rows.map(({ request_id }) => request_id)).toEqual(said.map(({ id }) => id));
});
