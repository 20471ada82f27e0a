import { afterEach, expect, test } from 'bun:test';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
afterEach(() => popple.stop());

test('a server that floods is refused and told, and the bot stays for the others', async () => {
  popple = await testPopple({
    botEnvironment: { STREAM_MAX_BYTES: '1048576', OUTBOX_CAPACITY: '100' },
  });
  // 7 kB each, as a request or an event.
  const names = Array.from({ length: 25 }, (_, index) => `(${index}${'字'.repeat(68)})++`).join(' ');
  const flood = Array.from({ length: 200 }, () => popple.say(names));
  const isTold = () =>
    flood.some((message) => popple.repliesTo(message).some(({ content }) => content.includes('its share')));
  await popple.until('the server is told that it is refused', isTold);
  const elsewhere = popple.channel(undefined, 1);
  expect(await popple.reply(popple.say('alice++', { channel: elsewhere }))).toBe('alice has 1 karma.');
  expect(popple.discord.world.botOnline).toBe(true);
  expect((await popple.bots[0]?.readiness())?.ready).toBe(true);
  expect(popple.bots[0]?.output()).toContain('its requests are refused');
}, 120_000);
