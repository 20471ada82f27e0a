import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/dev/discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/dev/testing/popple';
import { expectExact, identifies, talk } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

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
    expect(bot.output()).toContain('nothing says what was read before');
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
    expect(bot.output()).toContain('read back only the newest messages');
    expect(bot.output()).toMatch(/what was said from \S+ to \S+ is not counted/);
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
      expect(bot.output()).toContain(`cannot read back /channels/${struck.id}/messages`);
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
});
