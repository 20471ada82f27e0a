import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { silentLog } from '@popple/shared/observability/log';
import { type TestNats, testNats } from '@popple/testing/nats';
import { until } from '@popple/testing/until';
import { connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { Gateway } from './gateway';
import { AliveLine } from './leases/alive-line';
import { LeaseTable } from './leases/lease-table';
import { LeaseValidity } from './leases/lease-validity';
import { type Slot, slotKey } from './leases/slot';
import { HeldSessions } from './sessions/held-sessions';
import { SessionStore } from './sessions/session-record';

const TTL_MS = 3_000;

let nats: TestNats;
let connection: NatsConnection;
let buckets: { leases: Bucket; gateway: Bucket };
/** The leases as another bot has them: nothing times out. */
let another: Bucket;
let renewals: ReturnType<typeof setInterval> | undefined;
let stop: AbortController;
let running: Promise<void>;
/** What was done with sessions, in order, as `open 2.0.0`. */
let done: string[];
let gateway: Gateway;
/** The slots whose record is found to be another's. */
let superseded: Set<string>;
/** Which operations time out: nats.js then does not say whether the server has done them. */
let timesOut: (operation: string, key: string) => boolean;

beforeEach(async () => {
  nats = await testNats();
  connection = await connect({ servers: nats.url });
  const [client, manager] = [connection.jetstream(), await connection.jetstreamManager()];
  const open = async (name: string, ttlMs: number) =>
    await openBucket(client, manager, name, { ttlMs, replicas: 1 });
  another = await open(BUCKETS.leases, TTL_MS);
  buckets = { leases: faulty(another), gateway: faulty(await open(BUCKETS.gateway, 0)) };
  timesOut = () => false;
  done = [];
  superseded = new Set();
  stop = new AbortController();
});
afterEach(async () => {
  clearInterval(renewals);
  stop.abort();
  await running;
  await connection.close();
  await nats.stop();
});

/** The bucket, with operations that time out as `timesOut` says. */
function faulty(bucket: Bucket): Bucket {
  const operations: readonly unknown[] = ['get', 'put', 'create', 'update', 'delete'];
  return new Proxy(bucket, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        if (operations.includes(name) && timesOut(String(name), String(parameters[0])))
          return Promise.reject(new NatsError('TIMEOUT', ErrorCode.Timeout));
        return value.apply(target, parameters);
      };
    },
  });
}

async function start(shardCount: number): Promise<void> {
  const runner = { signal: stop.signal, log: silentLog() };
  const isConnected = () => true;
  gateway = new Gateway({
    runner,
    bucket: buckets.gateway,
    self: 'self',
    alive: await AliveLine.open({ connection, self: 'self' }),
    isConnected,
    leases: new LeaseTable(buckets.leases, 'self'),
    validity: new LeaseValidity(isConnected, TTL_MS),
    sessions: new HeldSessions({ runner, store: new SessionStore(buckets.gateway), open: recordedSession }),
    about: 'a test',
    shardCount,
    replicas: 1,
    onBots: () => undefined,
    onReach: () => undefined,
  });
  running = gateway.run();
  await until(() => opened().length === shardCount, 'all slots are taken');
}

/** A session that is ready at once and writes down what is done with it. */
function recordedSession(slot: Slot) {
  const note = (what: string) => done.push(`${what} ${slotKey(slot)}`);
  note('open');
  return {
    get isSuperseded() {
      return superseded.has(slotKey(slot));
    },
    isWaitingToIdentify: false,
    pending: 0,
    problem: () => undefined,
    connect: () => void note('connect'),
    disconnect: async () => void note('disconnect'),
    handOver: async () => void note('handOver'),
    abandon: async () => void note('abandon'),
  };
}

const opened = () => done.filter((what) => what.startsWith('open'));

/** Another bot takes a slot, as after the lease has expired, and keeps it. */
async function takenByAnother(slot: string): Promise<void> {
  await another.put(`slot.${slot}`, 'another');
  renewals = setInterval(() => void another.put(`slot.${slot}`, 'another'), TTL_MS / 6);
}

describe('a slot that another bot has taken is left', () => {
  test('at the next renewal', async () => {
    await start(2);
    await takenByAnother('2.1.0');
    await until(() => done.includes('abandon 2.1.0'), 'it is left');
    expect(done.filter((what) => what.endsWith('2.0.0'))).toEqual(['open 2.0.0', 'connect 2.0.0']);
  });

  test('also when the renewal of another lease times out', async () => {
    await start(2);
    timesOut = (operation, key) => operation === 'update' && key === 'slot.2.1.0';
    await takenByAnother('2.0.0');
    await until(() => done.includes('abandon 2.0.0'), 'it is left');
  });

  test('also when the look at who has it times out', async () => {
    await start(2);
    let looks = 0;
    timesOut = (operation, key) => operation === 'get' && key === 'slot.2.0.0' && ++looks === 1;
    await takenByAnother('2.0.0');
    await until(() => done.includes('abandon 2.0.0'), 'it is left');
    expect(looks).toBeGreaterThan(1);
  });
});

test('what no renewal reached for as long as a lease lasts is disconnected, until leases are renewed again', async () => {
  await start(2);
  timesOut = (operation) => operation === 'update' || operation === 'put';
  await until(
    () => done.filter((what) => what.startsWith('disconnect')).length === 2,
    'both are disconnected',
  );
  timesOut = () => false;
  await until(() => done.filter((what) => what.startsWith('connect')).length === 4, 'both are back');
  expect(opened()).toHaveLength(2);
});

test('a session whose record is another one gives way to one that begins from it', async () => {
  await start(2);
  superseded.add('2.1.0');
  await until(() => done.includes('abandon 2.1.0'), 'it is left');
  superseded.clear();
  await until(() => opened().length === 3, 'a session begins');
  expect(done.filter((what) => what.endsWith('2.0.0'))).toEqual(['open 2.0.0', 'connect 2.0.0']);
  expect(done.filter((what) => what.endsWith('2.1.0')).slice(-3)).toEqual([
    'abandon 2.1.0',
    'open 2.1.0',
    'connect 2.1.0',
  ]);
});

test('a slot whose record could not be read when it was taken gets its session later', async () => {
  let reads = 0;
  timesOut = (operation, key) => operation === 'get' && key === 'session.2.1.0' && ++reads <= 2;
  await start(2);
  expect(reads).toBe(3);
  await until(async () => (await gateway.problem()) === undefined, 'it is ready');
});
