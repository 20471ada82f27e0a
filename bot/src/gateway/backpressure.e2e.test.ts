import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { expectExact, identifies } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

describe('backpressure', () => {
  test('what is said while NATS is away counts when it is back, and the bot says not ready meanwhile', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await popple.nats.kill();
    for (let turn = 0; turn < 50; turn += 1) said.push(popple.say('x++'));
    const [bot] = popple.bots;
    await popple.until('the bot is not ready', async () => !(await bot?.readiness())?.ready);
    await popple.nats.restart();
    await expectExact(popple, said);
  });

  test('a bot killed while NATS is away has not written down what it could not publish', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await Bun.sleep(1_500);
    await popple.nats.kill();
    for (let turn = 0; turn < 20; turn += 1) said.push(popple.say('x++'));
    await Bun.sleep(300);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.nats.restart();
    await popple.startBot();
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(1);
  });

  test('a bot that holds too much disconnects from the gateway, and receives the rest when it reconnects', async () => {
    await start({ botEnvironment: { OUTBOX_CAPACITY: '10' } });
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    await popple.nats.kill();
    for (let turn = 0; turn < 15; turn += 1) said.push(popple.say('x++'));
    await popple.until('it has left', () => !popple.discord.world.botOnline);
    for (let turn = 0; turn < 30; turn += 1) said.push(popple.say('x++'));
    expect((await popple.bots[0]?.readiness())?.dependencies.gateway).toContain('away from the gateway');
    await popple.nats.restart();
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(1);
  });
});
