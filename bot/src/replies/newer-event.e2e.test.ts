import { afterEach, expect, test } from 'bun:test';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { connect } from 'nats';

let popple: TestPopple;
afterEach(() => popple.stop());

test('an event of a later release is given back for a bot that can read it, and holds up no other', async () => {
  popple = await testPopple();
  const connection = await connect({ servers: popple.nats.url });
  try {
    const manager = await connection.jetstreamManager();
    const body = { v: CONTRACT_VERSION + 1, id: '1', guildId: '100', kind: 'karma-changed', andMore: true };
    await connection.jetstream().publish('popple.event.karma-changed.100', JSON.stringify(body));
    expect(await popple.reply(popple.say('alice++'))).toBe('alice has 1 karma.');
    await popple.until('it was given back and came again', async () => {
      const { num_redelivered } = await manager.consumers.info(STREAMS.events, DURABLES.bot);
      return num_redelivered === 1;
    });
    await popple.bots[0]?.stop();
    const newer = await connection.jetstream().consumers.get(STREAMS.events, DURABLES.bot);
    const message = await newer.next({ expires: 30_000 });
    expect(message?.json<{ v: number }>().v).toBe(CONTRACT_VERSION + 1);
    await message?.ackAck();
    expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
  } finally {
    await connection.close();
  }
}, 90_000);
