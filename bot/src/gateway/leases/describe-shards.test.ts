import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { openBucket } from '@popple/shared/messaging/buckets';
import { type TestNats, testNats } from '@popple/testing/nats';
import { connect, type NatsConnection } from 'nats';
import { SessionStore } from '../sessions/session-record';
import { readShards } from './describe-shards';
import { LeaseTable } from './lease-table';
import { agreeOnShardCount } from './shard-count';

let nats: TestNats;
let connection: NatsConnection;
let leases: Bucket;
let gateway: Bucket;

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
  const open = async (name: string) =>
    openBucket(connection.jetstream(), await connection.jetstreamManager(), name, { ttlMs: 0, replicas: 1 });
  leases = await open('leases');
  gateway = await open('gateway');
});
afterEach(async () => {
  await connection.close();
  await nats.stop();
});

test('says who holds what, and who holds nothing', async () => {
  await agreeOnShardCount(gateway, 2, 1);
  const first = new LeaseTable(leases, '1-a');
  const second = new LeaseTable(leases, '2-b');
  await first.register('host-a pid 1');
  await second.register('host-b pid 2');
  const slot = { shard: 1, shardCount: 2, replica: 0 };
  expect(await first.take(slot)).toBe(true);
  await new SessionStore(gateway).write(slot, {
    session: { sessionId: 's', resumeURL: 'ws://x', sequence: 7 },
    watermark: '175928847299117063',
    away: {},
  });
  expect(await readShards(leases, gateway)).toEqual({
    shardCount: 2,
    bots: 2,
    slots: [
      {
        ...slot,
        bot: 'host-a pid 1',
        holder: '1-a',
        canBeResumed: true,
        upTo: '2016-04-30T11:18:25.796Z',
      },
    ],
    idle: ['host-b pid 2'],
  });
});

test('a lease is held by one, is lost to who takes it after it expired, and can be given back', async () => {
  const slot = { shard: 0, shardCount: 1, replica: 0 };
  const first = new LeaseTable(leases, '1-a');
  const second = new LeaseTable(leases, '2-b');
  expect(await Promise.all([first.take(slot), second.take(slot)])).toContain(true);
  const [holder, other] = first.held.length === 1 ? [first, second] : [second, first];
  expect(other.held).toEqual([]);
  expect(await holder.renew()).toEqual([]);
  expect(await other.take(slot)).toBe(false);
  // As if it had expired: the entry is gone, and the other is quicker.
  await leases.delete('slot.1.0.0');
  expect(await other.take(slot)).toBe(true);
  expect(await holder.renew()).toEqual([slot]);
  expect(holder.held).toEqual([]);
  await other.release(slot);
  expect(await holder.take(slot)).toBe(true);
});

test('a lease that expired unseen and that nobody took is kept', async () => {
  const slot = { shard: 0, shardCount: 1, replica: 0 };
  const table = new LeaseTable(leases, '1-a');
  await table.take(slot);
  await leases.delete('slot.1.0.0');
  expect(await table.renew()).toEqual([]);
  expect(table.held).toEqual([slot]);
});

test('the shard count is agreed on: what is configured, or else never fewer than before', async () => {
  expect(await agreeOnShardCount(gateway, undefined, 2)).toBe(2);
  expect(await agreeOnShardCount(gateway, undefined, 1)).toBe(2);
  expect(await agreeOnShardCount(gateway, undefined, 3)).toBe(3);
  expect(await agreeOnShardCount(gateway, 1, 3)).toBe(1);
});
