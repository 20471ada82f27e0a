import { afterEach, expect, test } from 'bun:test';
import { type Answering, answering } from './testing/answering';

let bot: Answering;
afterEach(() => bot.stop());

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

async function remembered(): Promise<number> {
  let count = 0;
  for await (const _key of await bot.bucket.keys()) count += 1;
  return count;
}

test('what is too old is acked, and nobody is told that it was attempted', async () => {
  bot = await answering();
  const channel = bot.channel(0);
  await bot.publish(names(50).map((name) => bot.ask(channel, name)));
  bot.start({ maxAgeMs: -1 });
  await bot.until('all is acked', async () => (await bot.owed()) === 0);
  expect(bot.said(channel)).toEqual([]);
  expect(await remembered()).toBe(0);
});

test('what was in hand untried when the process was told to stop is not marked as attempted', async () => {
  bot = await answering();
  const channel = bot.channel(0);
  await bot.publish(names(100).map((name) => bot.ask(channel, name)));
  bot.discord.faults.rest({ match: '^POST', delayMs: 200, times: 1_000 });
  const stop = bot.start();
  await bot.until('the first is answered', () => bot.said(channel).length > 0);
  await stop();
  const attempted = await remembered();
  expect(attempted).toBeGreaterThan(0);
  expect(attempted).toBe(bot.said(channel).length);
  bot.discord.faults.clear();
  bot.start();
  await bot.until('the rest is answered', async () => (await bot.owed()) === 0);
  expect(bot.said(channel)).toEqual(names(100).map((name) => `${name} has 1 karma.`));
});
