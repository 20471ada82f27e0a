import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { sessionRecord, untilResumable } from './testing/resumable';
import { expectExact, identifies, resumes, talk } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

describe('a backfill', () => {
  test('a session that Discord has forgotten is followed by a new one that backfills what was missed', async () => {
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
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(2);
    const asked = popple.discord.records.requests.filter(
      ({ path }) => path === `/channels/${quiet.id}/messages`,
    );
    expect(asked).toEqual([]);
  });

  test('an invalid session in the midst of traffic loses nothing', async () => {
    await start();
    const traffic = talk(popple);
    await Bun.sleep(300);
    popple.discord.faults.gateway.invalidSession(false);
    await popple.until('a new session has begun', () => identifies(popple) > 1);
    await Bun.sleep(300);
    await expectExact(popple, await traffic.stop());
  });

  test('what was said in an active thread is backfilled too', async () => {
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
    await expectExact(popple, said);
  });

  test('a server that the bot has just joined is read from then on, not from before', async () => {
    await start({ bots: 0 });
    const { world } = popple.discord;
    const guild = world.addGuild({ name: 'New here', joinedAtMs: Date.now() + 1_500 });
    const channel = world.addChannel({ guildId: guild.id, name: 'lounge' });
    const before = popple.say('x++', { channel });
    await Bun.sleep(1_600);
    const after = popple.say('x++', { channel });
    const bot = await popple.startBot();
    await popple.reply(after);
    const marker = popple.say(`<@${world.botId}> karma x`, { channel });
    expect(await popple.reply(marker)).toBe('x has 1 karma.');
    expect(popple.repliesTo(before)).toEqual([]);
    expect(bot.output()).toContain('there is no watermark');
  });

  test('a bot killed while it backfills is followed by one that reads the rest', async () => {
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
    await expectExact(popple, said);
  });

  test('no more than so many messages of a channel are read, the newest in order, and the rest is named', async () => {
    await start({ botEnvironment: { BACKFILL_MAX_MESSAGES: '5' } });
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const said = Array.from({ length: 8 }, () => popple.say('x++'));
    const bot = await popple.startBot();
    await expectExact(popple, said.slice(3));
    const answers = said.slice(3).flatMap((message) => popple.repliesTo(message));
    expect(answers.map(({ content }) => content)).toEqual(
      [1, 2, 3, 4, 5].map((total) => `x has ${total} karma.`),
    );
    expect(said.slice(0, 3).flatMap((message) => popple.repliesTo(message))).toEqual([]);
    expect(bot.output()).toContain('backfilled only the newest messages');
    expect(bot.output()).toMatch(/messages from \S+ to \S+ are not counted/);
  });

  test('what was said longer ago than BACKFILL_MAX_AGE is not read, and that is told', async () => {
    await start({ botEnvironment: { BACKFILL_MAX_AGE: '15s' } });
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const old = popple.say('x++');
    await Bun.sleep(16_000);
    const fresh = popple.say('x++', { channel: popple.channel('seedlings') });
    const bot = await popple.startBot();
    await popple.until('the fresh one is answered', () => popple.repliesTo(fresh).length === 1);
    expect(popple.repliesTo(old)).toEqual([]);
    expect(bot.output()).toContain('BACKFILL_MAX_AGE');
  });

  describe('while something is wrong with a channel, all others are read', () => {
    /** Says something in each of two channels while no bot is there; the first is struck. */
    const strike = async (status: number) => {
      await start();
      await popple.reply(popple.say('first++'));
      await popple.bots[0]?.stop();
      popple.discord.faults.gateway.forgetSessions();
      const struck = popple.channel('general');
      popple.say('x++', { channel: struck });
      const said = [popple.say('x++', { channel: popple.channel('seedlings') })];
      popple.discord.faults.rest({ match: `GET /channels/${struck.id}/messages`, status, times: 1_000 });
      const bot = await popple.startBot();
      await expectExact(popple, said);
      return { bot, struck };
    };

    test.each([
      [400, 'refused'],
      [403, 'gone'],
      [404, 'gone'],
    ])('a %d is logged and counted, and the session is written down', async (status, reason) => {
      const { bot, struck } = await strike(status);
      expect(bot.output()).toContain(`cannot backfill /channels/${struck.id}/messages`);
      const metrics = await (await fetch(`${bot.url}/metrics`)).text();
      expect(metrics).toContain(`popple_bot_read_back_skipped_total{reason="${reason}"} 1`);
      popple.discord.faults.clear();
      await bot.stop();
      const identified = identifies(popple);
      await popple.startBot();
      expect(identifies(popple)).toBe(identified);
    });
  });

  test('channels are told by their type: everywhere may be tags, and forums have threads alone', async () => {
    await start({ discord: { oddities: ['tags-everywhere'] } });
    const { world } = popple.discord;
    const guildId = popple.channel().guildId ?? '';
    const forum = world.addChannel({ guildId, name: 'ideas', kind: 'forum' });
    const post = world.addChannel({ guildId, name: 'a post', kind: 'thread', parentId: forum.id });
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const said = [popple.say('x++'), popple.say('x++', { channel: post })];
    await popple.startBot();
    await expectExact(popple, said);
    const paths = popple.discord.records.requests.map(({ path }) => path);
    expect(paths).not.toContain(`/channels/${forum.id}/messages`);
  });

  test('a thread that was archived meanwhile is read, one archived long before is not looked into', async () => {
    await start();
    const { world } = popple.discord;
    const parent = popple.channel();
    const thread = () =>
      world.addChannel({
        guildId: parent.guildId ?? '',
        name: 'a thread',
        kind: 'thread',
        parentId: parent.id,
      });
    const quiet = thread();
    const busy = thread();
    world.archive(quiet.id);
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const said = [popple.say('x++', { channel: busy })];
    world.archive(busy.id);
    await popple.startBot();
    await expectExact(popple, said);
    const paths = popple.discord.records.requests.map(({ path }) => path);
    expect(paths).not.toContain(`/channels/${quiet.id}/messages`);
  });

  describe('archived threads are read in the background', () => {
    const ARCHIVED_LISTS = '^GET /channels/\\d+/(users/@me/)?threads/archived';

    const addThread = (channelName?: string) => {
      const parent = popple.channel(channelName);
      const guildId = parent.guildId ?? '';
      return popple.discord.world.addChannel({ guildId, name: 'old', kind: 'thread', parentId: parent.id });
    };

    /** Brings a new session while no list of archived threads is answered; a thread with `x++` was archived before. */
    const holdLists = async () => {
      await start();
      const thread = addThread();
      await popple.reply(popple.say('first++'));
      await popple.bots[0]?.stop();
      const before = (await sessionRecord(popple))?.session?.sessionId;
      popple.discord.faults.gateway.forgetSessions();
      const said = [popple.say('x++', { channel: thread })];
      popple.discord.world.archive(thread.id);
      popple.discord.faults.rest({ match: ARCHIVED_LISTS, status: 503, times: 10_000 });
      const bot = await popple.startBot();
      await untilResumable(popple, before);
      return { bot, thread, said };
    };

    test('the session can be resumed meanwhile, and follows what is said', async () => {
      const { thread, said } = await holdLists();
      const watermark = (await sessionRecord(popple))?.watermark ?? '0';
      const live = popple.say('live++');
      await popple.reply(live);
      await popple.until('the watermark follows', async () => {
        const record = await sessionRecord(popple);
        return BigInt(record?.watermark ?? 0) > BigInt(watermark) && record?.archived !== undefined;
      });
      expect(said.flatMap((message) => popple.repliesTo(message))).toEqual([]);
      popple.discord.faults.clear();
      await expectExact(popple, said);
      expect(popple.discord.world.messageCount(thread.id)).toBe(2);
      await popple.until(
        'nothing of it is left',
        async () => (await sessionRecord(popple))?.archived === undefined,
      );
    });

    test('a bot killed meanwhile is followed by one that resumes and reads them', async () => {
      const { bot, said } = await holdLists();
      bot.kill('SIGKILL');
      await bot.exited;
      popple.discord.faults.clear();
      await popple.startBot();
      await popple.until('it is resumed', () => resumes(popple) > 0);
      await expectExact(popple, said);
      expect(identifies(popple)).toBe(2);
    });

    test('one that is active again before it was read is read all the same', async () => {
      const { thread, said } = await holdLists();
      said.push(popple.say('x++', { channel: thread }));
      await popple.reply(said[1] as Message);
      expect(popple.repliesTo(said[0] as Message)).toEqual([]);
      popple.discord.faults.clear();
      await expectExact(popple, said);
    });

    test('one whose list fails does not keep others from being read', async () => {
      await start();
      const { world, faults } = popple.discord;
      const [struck, other] = [popple.channel('lobby', 1), popple.channel()].sort((a, b) =>
        BigInt(a.guildId ?? 0) < BigInt(b.guildId ?? 0) ? -1 : 1,
      );
      const threads = [struck, other].map((parent) =>
        world.addChannel({
          guildId: parent?.guildId ?? '',
          name: 'old',
          kind: 'thread',
          parentId: parent?.id ?? '',
        }),
      );
      await popple.reply(popple.say('first++'));
      await popple.bots[0]?.stop();
      faults.gateway.forgetSessions();
      const said = threads.map((channel) => popple.say('x++', { channel }));
      for (const { id } of threads) world.archive(id);
      faults.rest({ match: `^GET /channels/${struck?.id}/threads/archived`, status: 503, times: 10_000 });
      await popple.startBot();
      await popple.until('the other is read', () => popple.repliesTo(said[1] as Message).length === 1);
      expect(popple.repliesTo(said[0] as Message)).toEqual([]);
      faults.clear();
      await popple.until('this one too', () => popple.repliesTo(said[0] as Message).length === 1);
    }, 180_000);

    test('those of a server that was in an outage too', async () => {
      await start();
      const { world, faults } = popple.discord;
      const lobby = popple.channel('lobby', 1);
      const guildId = lobby.guildId ?? '';
      const thread = world.addChannel({ guildId, name: 'old', kind: 'thread', parentId: lobby.id });
      await popple.reply(popple.say('first++', { channel: lobby }));
      await popple.until(
        'nothing is left to read',
        async () => (await sessionRecord(popple))?.archived === undefined,
      );
      faults.gateway.startOutage(guildId);
      await popple.until('it is away', async () => guildId in ((await sessionRecord(popple))?.away ?? {}));
      const said = [popple.say('x++', { channel: thread })];
      world.archive(thread.id);
      faults.gateway.endOutage(guildId);
      await expectExact(popple, said, 'x', lobby);
      expect(identifies(popple)).toBe(1);
    });
  });
});
