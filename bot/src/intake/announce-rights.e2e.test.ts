import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
afterEach(() => popple.stop());

const announce = (author: string, value: string) =>
  popple.say(`<@${popple.discord.world.botId}> announce ${value}`, { author });

function isConfirmed({ channelId, id }: Message): boolean {
  const reactions = popple.discord.world.message(channelId, id)?.reactions ?? [];
  return reactions.some(({ emoji }) => emoji === '✅');
}

const confirmed = (message: Message) =>
  popple.until(`${message.content} is confirmed`, () => isConfirmed(message));

describe('announcements', () => {
  test('are switched by who may manage the server, and by nobody else', async () => {
    popple = await testPopple();
    const refused = announce('Chidi', 'off');
    expect(await popple.reply(refused)).toContain('Only who may manage this server');
    expect(await popple.reply(popple.say('x++'))).toBe('x has 1 karma.');
    expect(isConfirmed(refused)).toBe(false);
    await confirmed(announce('Bruno', 'off'));
    await confirmed(announce('Alice', 'on'));
    expect(await popple.reply(popple.say('x++', { author: 'Chidi' }))).toBe('x has 2 karma.');
  });

  test('wait while Discord cannot say who manages the server, and nothing else does', async () => {
    popple = await testPopple();
    popple.discord.faults.rest({ match: '^GET /guilds/\\d+$', status: 503, times: 6 });
    const asked = announce('Bruno', 'off');
    expect(await popple.reply(popple.say('x++'))).toBe('x has 1 karma.');
    await confirmed(asked);
  });

  test('are not forgotten by a bot killed while Discord cannot say who manages the server', async () => {
    popple = await testPopple();
    popple.discord.faults.rest({ match: '^GET /guilds/\\d+$', status: 503, times: 1_000 });
    const asked = [announce('Bruno', 'off'), announce('Chidi', 'off')] as const;
    await popple.reply(popple.say('x++'));
    // Longer than until the session is written down.
    await Bun.sleep(2_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    popple.discord.faults.clear();
    await popple.startBot();
    await confirmed(asked[0]);
    expect(await popple.reply(asked[1])).toContain('Only who may manage this server');
  });

  test('are decided alike for messages that are read back', async () => {
    popple = await testPopple();
    await popple.reply(popple.say('x++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const asked = [announce('Bruno', 'off'), announce('Chidi', 'on')] as const;
    await popple.startBot();
    await confirmed(asked[0]);
    expect(await popple.reply(asked[1])).toContain('Only who may manage this server');
  });
});
