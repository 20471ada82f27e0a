import { afterEach, describe, expect, test } from 'bun:test';
import { ODDITIES, type Oddity } from '@popple/local-discord/payload/oddities';
import { STREAMS } from '@popple/shared/messaging/topology';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { connect } from 'nats';
import { expectExact } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

const start = async (...oddities: Oddity[]) => {
  popple = await testPopple({ discord: { oddities } });
};

const metrics = async () => (await fetch(`${popple.bots.at(-1)?.url}/metrics`)).text();

describe('payloads that Discord allows, or that another server sends', () => {
  test('without optional fields they are read, live and afterwards, also when the bot is addressed by name', async () => {
    await start('sparse');
    const said = [popple.say('x++')];
    expect(await popple.reply(popple.say('@Popple karma nobody'))).toContain('nobody');
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    const parent = popple.channel();
    const thread = popple.discord.world.addChannel({
      guildId: parent.guildId ?? '',
      name: 'a thread',
      kind: 'thread',
      parentId: parent.id,
    });
    said.push(popple.say('x++'), popple.say('x++', { channel: thread }));
    await popple.startBot();
    await expectExact(popple, said);
  });

  test('with null where a field may be absent, a direct message is one, and nothing is dead-lettered', async () => {
    await start('nulls');
    const direct = popple.discord.world.dm(popple.member('Alice').id);
    popple.say('x++', { channel: direct });
    const help = popple.say('help', { channel: direct });
    expect(await popple.reply(help)).toContain('karma');
    await expectExact(popple, [popple.say('x++')]);
    const connection = await connect({ servers: popple.nats.url });
    const manager = await connection.jetstreamManager();
    expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
    await connection.close();
  });

  test('a message that cannot be read is logged, counted and passed by, live and afterwards', async () => {
    await start('authorless');
    const strange = () => popple.say('authorless x++');
    strange();
    const said = [popple.say('x++')];
    await popple.reply(said[0] ?? strange());
    expect(await metrics()).toContain('popple_bot_unreadable_payloads_total{what="MESSAGE_CREATE"} 1');
    expect(popple.bots[0]?.output()).toContain('cannot read MESSAGE_CREATE');
    // Dealt with: the session goes on after it, and is handed over.
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    said.push(popple.say('x++'));
    strange();
    said.push(popple.say('x++'));
    await popple.startBot();
    await expectExact(popple, said);
    expect(await metrics()).toMatch(/popple_bot_unreadable_payloads_total\{what="message read back"\} [12]/);
  });

  test('all oddities at once', async () => {
    await start(...ODDITIES);
    const said = [popple.say('x++')];
    await popple.reply(said[0] ?? popple.say('x++'));
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    said.push(popple.say('x++'));
    await popple.startBot();
    await expectExact(popple, said);
  });
});
