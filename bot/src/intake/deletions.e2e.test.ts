import { afterEach, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
afterEach(() => popple.stop());

async function karmaOf(name: string): Promise<string> {
  return await popple.reply(popple.say(`<@${popple.discord.world.botId}> karma ${name}`));
}

async function untilKarma(name: string, karma: number): Promise<void> {
  await popple.until(
    `${name} has ${karma}`,
    async () => (await karmaOf(name)) === `${name} has ${karma} karma.`,
  );
}

async function said(content: string): Promise<Message> {
  const message = popple.say(content);
  await popple.reply(message);
  return message;
}

test('with two bots reading, a deleted message takes its karma back once, and a bulk all of theirs', async () => {
  popple = await testPopple({ bots: 0, botEnvironment: { SHARD_REPLICAS: '2' } });
  await popple.startBot();
  await popple.startBot();
  await said('alice++ bob++');
  const deleted = await said('alice++ bob++ for a secret');
  popple.discord.world.remove(deleted.channelId, deleted.id);
  await untilKarma('alice', 1);
  const bulk = [await said('carol++'), popple.say('just talk'), await said('carol++'), await said('carol--')];
  await said('carol++');
  popple.discord.world.removeAll(
    deleted.channelId,
    bulk.map(({ id }) => id),
  );
  await untilKarma('carol', 1);
  // Whatever the second bot published has been handled by now.
  await Bun.sleep(2_000);
  expect(await karmaOf('alice bob carol')).toBe('alice has 1 karma.\nbob has 1 karma.\ncarol has 1 karma.');
  const told = await popple.reply(popple.say(`<@${popple.discord.world.botId}> history alice`));
  expect(told).not.toContain('secret');
  expect(told).toContain('(undone)');
}, 120_000);
