import { expect, test } from 'bun:test';
import { AckPolicy, connect } from 'nats';
import { testNats } from './nats';

async function publish(url: string, text: string): Promise<number> {
  const connection = await connect({ servers: url, reconnect: false });
  try {
    const jsm = await connection.jetstreamManager();
    await jsm.streams.add({ name: 'KEPT', subjects: ['kept.>'] });
    await connection.jetstream().publish('kept.one', text);
    return (await jsm.streams.info('KEPT')).state.messages;
  } finally {
    await connection.close();
  }
}

test('a killed nats-server comes back on the same port with what it had acknowledged', async () => {
  await using nats = await testNats();
  expect(await publish(nats.url, 'first')).toBe(1);
  const before = nats.pid();
  await nats.kill();
  expect(() => process.kill(before, 0)).toThrow();
  await nats.restart();
  expect(nats.pid()).not.toBe(before);
  expect(await publish(nats.url, 'second')).toBe(2);
});

test('a frozen nats-server answers nothing until it is resumed', async () => {
  await using nats = await testNats();
  await nats.freeze();
  await expect(connect({ servers: nats.url, reconnect: false, timeout: 500 })).rejects.toThrow();
  nats.resume();
  expect(await publish(nats.url, 'first')).toBe(1);
});

test('two servers at once do not meet', async () => {
  await using one = await testNats();
  await using two = await testNats();
  expect(one.port).not.toBe(two.port);
  expect(await publish(one.url, 'first')).toBe(1);
  expect(await publish(two.url, 'first')).toBe(1);
});

test('a nats-server killed while it writes down progress delivers again what was acknowledged', async () => {
  await using nats = await testNats();
  await publish(nats.url, 'first');
  const take = async () => {
    const connection = await connect({ servers: nats.url, reconnect: false });
    const manager = await connection.jetstreamManager();
    await manager.consumers.add('KEPT', { durable_name: 'd', ack_policy: AckPolicy.Explicit });
    const consumer = await connection.jetstream().consumers.get('KEPT', 'd');
    const message = await consumer.next({ expires: 1_000 });
    await message?.ackAck();
    await connection.close();
    return message?.string();
  };
  expect(await take()).toBe('first');
  expect(await take()).toBeUndefined();
  expect(await nats.killForgetting('KEPT', 'd')).toBe(true);
  await nats.restart();
  expect(await take()).toBe('first');
  expect(await nats.killForgetting('KEPT', 'nobody')).toBe(false);
});
