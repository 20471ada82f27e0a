import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { untilResumable } from './testing/resumable';
import { expectExact, identifies, resumes, talk } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
  // Until the backfill of the first READY has finished, a successor would begin anew.
  await untilResumable(popple);
}

describe('resuming', () => {
  test('a stopped bot is followed by one that resumes its session, and nothing said meanwhile is missed', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    expect(await popple.bots[0]?.stop()).toEqual({ code: 0, signal: null });
    said.push(...Array.from({ length: 20 }, () => popple.say('x++')));
    await popple.startBot();
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(1);
    expect(resumes(popple)).toBe(1);
  });

  test('a killed bot is followed by one that resumes, under traffic', async () => {
    await start();
    const traffic = talk(popple);
    await Bun.sleep(1_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.startBot();
    await Bun.sleep(500);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(1);
    expect(resumes(popple)).toBeGreaterThanOrEqual(1);
  });

  test.each<[string, () => void]>([
    ['a lost connection', () => popple.discord.faults.gateway.dropConnections()],
    ['a request to reconnect', () => popple.discord.faults.gateway.sendReconnect()],
    ['an invalid session that can be resumed', () => popple.discord.faults.gateway.invalidSession(true)],
    ['close code 4000', () => popple.discord.faults.gateway.close('all', 4000)],
    ['close code 4009', () => popple.discord.faults.gateway.close('all', 4009)],
  ])('%s is resumed by the same bot', async (_what, strike) => {
    await start();
    const traffic = talk(popple);
    await Bun.sleep(300);
    strike();
    await Bun.sleep(300);
    await popple.until('it is resumed', () => resumes(popple) > 0);
    await Bun.sleep(200);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(1);
  });

  test('a connection on which nothing is acknowledged any more is replaced', async () => {
    await start({ discord: { heartbeatIntervalMs: 500 } });
    const traffic = talk(popple);
    await Bun.sleep(300);
    popple.discord.faults.gateway.silence();
    await popple.until('it is resumed', () => resumes(popple) > 0);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(1);
  });

  test('a gateway that cannot be reached for a while does not cost the session', async () => {
    await start();
    const said = [popple.say('x++')];
    await popple.reply(said[0] as Message);
    popple.discord.faults.gateway.refuseConnections(3);
    popple.discord.faults.gateway.dropConnections();
    said.push(popple.say('x++'));
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(1);
  });

  test('all that holds over a slow connection too', async () => {
    await start({ discord: { latencyMs: 250 } });
    const traffic = talk(popple, 150);
    await Bun.sleep(1_000);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    await popple.startBot();
    await Bun.sleep(500);
    popple.discord.faults.gateway.dropConnections();
    await Bun.sleep(2_000);
    await expectExact(popple, await traffic.stop());
    expect(identifies(popple)).toBe(1);
  });
});
