import { afterEach, expect, test } from 'bun:test';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
let elsewhere: LocalDiscord | undefined;
afterEach(async () => {
  await popple.stop();
  await elsewhere?.stop();
});

test('at another address than last time, the bot begins a new session at once', async () => {
  popple = await testPopple();
  await popple.reply(popple.say('x++'));
  await popple.bots[0]?.stop();
  // As after `bun run dev` on another port: nothing listens at the gateway's address of last time.
  await popple.discord.stop();
  elsewhere = await startLocalDiscord({ rateLimits: 'off', token: popple.discord.token });
  const bot = await popple.startBot({ DISCORD_API_URL: elsewhere.apiUrl });
  expect(bot.output()).toContain('gateway session ready');
  expect(bot.output()).not.toContain('cannot reach the gateway');
});
