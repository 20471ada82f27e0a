import { afterEach, expect, test } from 'bun:test';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
afterEach(() => popple.stop());

test('a bot that follows a killed one is ready when it holds the slot, not before', async () => {
  popple = await testPopple();
  await popple.reply(popple.say('x++'));
  popple.bots[0]?.kill('SIGKILL');
  await popple.bots[0]?.exited;
  const bot = await popple.startBot();
  expect(bot.output()).toContain('took a slot');
  expect(bot.output()).toMatch(/gateway session (resumed|ready)/);
});

test('a stand-by beside a bot that lives becomes ready without a slot', async () => {
  popple = await testPopple();
  const standBy = await popple.startBot();
  expect(standBy.output()).not.toContain('took a slot');
  expect((await popple.bots[0]?.readiness())?.ready).toBe(true);
});
