import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, testPopple } from '@popple/testing/popple';

const POSTING = '^POST /channels/\\d+/messages$';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(): Promise<void> {
  popple = await testPopple();
  await popple.reply(popple.say('x++'));
  // Until session and sequence are written down.
  await Bun.sleep(1_500);
}

const askHelp = () => popple.say(`<@${popple.discord.world.botId}> help`);

async function expectHelp(message: Message): Promise<void> {
  expect(await popple.reply(message)).toContain('alice++');
  await popple.reply(popple.say('marker++'));
  expect(popple.repliesTo(message)).toHaveLength(1);
}

describe('a reply of the bot’s own', () => {
  test('is owed by the next bot when this one is killed before Discord takes it', async () => {
    await start();
    popple.discord.faults.rest({ match: POSTING, status: 500, times: 1_000 });
    const message = askHelp();
    // Longer than it takes to write down what was dealt with.
    await Bun.sleep(2_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    popple.discord.faults.clear();
    await popple.startBot();
    await expectHelp(message);
  }, 90_000);

  test('is owed by the next bot when this one is stopped before Discord takes it', async () => {
    await start();
    popple.discord.faults.rest({ match: POSTING, status: 500, times: 1_000 });
    const message = askHelp();
    await Bun.sleep(2_500);
    expect(await popple.bots[0]?.stop()).toEqual({ code: 0, signal: null });
    popple.discord.faults.clear();
    await popple.startBot();
    await expectHelp(message);
  }, 90_000);

  test('waits for NATS, without which nobody knows whether it was said', async () => {
    await start();
    await popple.nats.kill();
    const message = askHelp();
    await Bun.sleep(7_000);
    await popple.nats.restart();
    await expectHelp(message);
  }, 90_000);

  test('is owed by the next bot when this one is killed while NATS is away', async () => {
    await start();
    await popple.nats.kill();
    const message = askHelp();
    await Bun.sleep(2_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.nats.restart();
    await popple.startBot();
    await expectHelp(message);
  }, 90_000);
});
