import { afterEach, describe, expect, test } from 'bun:test';
import type { Message } from '@popple/local-discord/world/model';
import { ledgerIds } from '@popple/testing/ledger';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { expectExact } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

const ledger = () => ledgerIds(popple.database.url);
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id).toSorted();

describe('when NATS loses its volume', () => {
  test('what was said meanwhile is backfilled, and nothing counts or is replied to twice', async () => {
    popple = await testPopple();
    const elsewhere = popple.channel('seedlings');
    const said = [popple.say('x++'), popple.say('x++', { channel: elsewhere }), popple.say('x++')];
    for (const message of said) await popple.reply(message);
    expect(await ledger()).toEqual(ids(said));

    await popple.nats.lose();
    said.push(popple.say('x++'));
    for (const part of [...popple.bots, ...popple.svcs]) {
      part.kill('SIGKILL');
      await part.exited;
    }
    popple.discord.faults.gateway.forgetSessions();
    said.push(popple.say('x++', { channel: elsewhere }));
    await popple.nats.restart();
    await popple.startSvc();
    const bot = await popple.startBot();

    await expectExact(popple, said);
    expect(await ledger()).toEqual(ids(said));
    expect(bot.output()).toContain('there is no watermark');
  }, 120_000);

  test('the processes that ran then end, and what was said is backfilled by those that follow', async () => {
    popple = await testPopple();
    const said = [popple.say('x++')];
    for (const message of said) await popple.reply(message);
    const [bot] = popple.bots;
    const [svc] = popple.svcs;

    await popple.nats.lose();
    said.push(popple.say('x++'));
    await popple.nats.restart();
    said.push(popple.say('x++'));
    // They find their consumers gone; whatever runs them starts them again.
    await Promise.all([bot?.exited, svc?.exited]);
    await popple.startSvc();
    await popple.startBot();

    await expectExact(popple, said);
    expect(await ledger()).toEqual(ids(said));
  }, 180_000);
});
