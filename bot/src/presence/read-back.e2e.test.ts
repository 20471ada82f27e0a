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
    await expectExact(popple, said);
  });

  test('no more than so many messages of a channel are read, the oldest first, and the limit is told', async () => {
    await start({ botEnvironment: { BACKFILL_MAX_MESSAGES: '5' } });
    await popple.reply(popple.say('first++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    // What was said within the last minute is read again: the first message and its answer are two of the five.
    const said = Array.from({ length: 8 }, () => popple.say('x++'));
    const bot = await popple.startBot();
    await expectExact(popple, said.slice(0, 3));
    expect(said.slice(3).flatMap((message) => popple.repliesTo(message))).toEqual([]);
    expect(bot.output()).toContain('read back only so many messages');
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
});
