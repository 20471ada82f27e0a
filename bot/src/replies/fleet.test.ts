import { afterEach, beforeEach, expect, test } from 'bun:test';
import { silentLog } from '@popple/shared/observability/log';
import { type TestNats, testNats } from '@popple/testing/nats';
import { until } from '@popple/testing/until';
import { connect, type KV, type NatsConnection } from 'nats';
import { ClosedChannels } from './closed-channels';
import { Fleet } from './fleet';

let nats: TestNats;
let connections: NatsConnection[];
let bucket: KV;

beforeEach(async () => {
  nats = await testNats();
  connections = await Promise.all([1, 2].map(() => connect({ servers: nats.url })));
  bucket = await (connections[0] as NatsConnection).jetstream().views.kv('TEST');
});
afterEach(async () => {
  for (const connection of connections) await connection.close();
  await nats.stop();
});

async function join(self: number) {
  const closed = new ClosedChannels();
  const connection = connections[self] as NatsConnection;
  const fleet = await Fleet.join({ connection, bucket, log: silentLog(), self: String(self), closed });
  await connection.flush();
  return { fleet, closed };
}

test('the invalid requests of all bots count together, once', async () => {
  const [one, two] = [await join(0), await join(1)];
  for (let count = 0; count < 3_000; count += 1) one.fleet.responded(403, null);
  for (let count = 0; count < 2_000; count += 1) two.fleet.responded(429, 'global');
  one.fleet.responded(200, null);
  await until(() => one.fleet.invalid.total() === 5_000 && two.fleet.invalid.total() === 5_000);
  expect(one.fleet.invalid.problem()).toContain('posting nothing');
  await Bun.sleep(2_500);
  expect(two.fleet.invalid.total()).toBe(5_000);
  await Promise.all([one.fleet.leave(), two.fleet.leave()]);
});

test('starting anew does not begin the count anew', async () => {
  const { fleet } = await join(0);
  for (let count = 0; count < 100; count += 1) fleet.responded(401, null);
  await fleet.leave();
  const next = await join(1);
  expect(next.fleet.invalid.total()).toBe(100);
  await next.fleet.leave();
});

test('where permissions have changed, the other bots try again too', async () => {
  const [one, two] = [await join(0), await join(1)];
  const place = { channelId: '1', guildId: '9' };
  two.closed.close('reply', place, performance.now() - 60_000);
  one.fleet.permissionsChanged('9');
  await until(() => !two.closed.isClosed('reply', place));
  await Promise.all([one.fleet.leave(), two.fleet.leave()]);
});
