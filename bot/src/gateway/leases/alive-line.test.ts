import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type NatsWithAccounts, natsWithAccounts } from '@popple/deploy/testing/nats-with-accounts';
import type { NatsConnection } from 'nats';
import { AliveLine } from './alive-line';
import { makeInstanceId } from './instance';

let nats: NatsWithAccounts;
const connections: NatsConnection[] = [];

beforeEach(async () => {
  nats = await natsWithAccounts();
});
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  await nats.stop();
});

/** A bot's end of the line, with the permissions that a bot has in production. */
async function bot(onChanged = () => {}) {
  const connection = await nats.connect('bot');
  connections.push(connection);
  const self = makeInstanceId();
  const line = await AliveLine.open({ connection, self });
  line.follow({ onChanged, onReconnected: () => {} });
  await connection.flush();
  return { connection, self, line };
}

test('a bot responds while it is connected, and nobody does once its connection is closed', async () => {
  const one = await bot();
  const other = await bot();
  expect(await one.line.ask(other.self)).toBe('alive');
  await other.connection.close();
  // What is asked before the server has noticed the end goes to the one that is gone, and waits in vain.
  let liveness = await one.line.ask(other.self);
  for (let asked = 1; liveness === 'unknown' && asked < 20; asked += 1)
    liveness = await one.line.ask(other.self);
  expect(liveness).toBe('no-responders');
});

test('all other bots are told of a change', async () => {
  const told = Promise.withResolvers<void>();
  let toldMyself = false;
  const one = await bot(() => {
    toldMyself = true;
  });
  await bot(() => told.resolve());
  one.line.announceChange();
  await told.promise;
  await one.connection.flush();
  expect(toldMyself).toBe(false);
});
