import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import { snowflakeAt } from '@popple/shared/contract/ids';
import type { Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { DURABLES, ensureDurable, ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { connect, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import postgres from 'postgres';

let nats: TestNats;
let database: TestDatabase;
let connection: NatsConnection;
let client: JetStreamClient;
let manager: JetStreamManager;
let svc: TestService;

beforeEach(async () => {
  nats = await testNats();
  database = await testDatabase();
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  manager = await connection.jetstreamManager();
  client = connection.jetstream();
  await ensureStreams(manager, { maxAgeMs: 3_600_000, maxBytes: 67_108_864, replicas: 1 });
  await ensureDurable(manager, 'svc');
});
afterEach(async () => {
  await svc.stop();
  await connection.close();
  await nats.stop();
  await database.drop();
});

async function start(databaseUrl = database.url): Promise<void> {
  svc = await startService('svc', {
    NATS_URL: nats.url,
    DATABASE_URL: databaseUrl,
    STREAM_MAX_AGE: '1h',
    STREAM_MAX_BYTES: '67108864',
  });
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const FIRST_ID = BigInt(snowflakeAt(Date.now() - 60_000));

/** `count` times `alice++`, under ids that say which of them it is. */
async function publish(count: number): Promise<void> {
  await Promise.all(
    range(count).map((index) => {
      const request: Request = {
        ...messageEnvelope({ id: String(FIRST_ID + BigInt(index)) }),
        kind: 'change-karma',
        changes: [{ subject: 'alice', display: 'alice', delta: 1 }],
      };
      return client.publish(requestSubject(request), JSON.stringify(request), { msgID: request.id });
    }),
  );
}

async function untilSettled(): Promise<void> {
  for (;;) {
    const info = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
    if (info.num_pending === 0 && info.num_ack_pending === 0) return;
    await Bun.sleep(20);
  }
}

/** The totals that were answered, in the order of the stream. */
async function totals(): Promise<number[]> {
  const { state } = await manager.streams.info(STREAMS.events);
  const all: number[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const event = (await manager.streams.getMessage(STREAMS.events, { seq })).json<Event>();
    for (const { karma } of 'totals' in event ? event.totals : []) all.push(Number(karma));
  }
  return all;
}

test('events keep the order of their requests while batches are published beside being applied', async () => {
  await publish(1_500);
  await start();
  await untilSettled();
  expect(await totals()).toEqual(range(1_500));
});

test('what the stream refuses is owed until it takes it: nothing is lost, and nothing counts twice', async () => {
  await manager.streams.update(STREAMS.events, { max_msgs: 700 });
  await publish(1_500);
  await start();
  while (!svc.output().includes('requests wait: ')) await Bun.sleep(20);
  expect((await svc.readiness()).ready).toBe(false);
  expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
  const { num_pending, num_ack_pending } = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
  expect(num_pending + num_ack_pending).toBeGreaterThanOrEqual(800);
  await manager.streams.update(STREAMS.events, { max_msgs: -1 });
  await untilSettled();
  expect((await totals()).sort((a, b) => a - b)).toEqual(range(1_500));
}, 60_000);

/** Has Postgres take so long, in milliseconds, for each row of the ledger. */
async function slowDown(msPerRow: number): Promise<void> {
  const sql = postgres(database.url, { max: 1 });
  await sql.unsafe(`
    create function slow_row() returns trigger language plpgsql as
      $$ begin perform pg_sleep(${msPerRow / 1_000}); return new; end $$;
    create trigger slow_row before insert on ledger for each row execute function slow_row();`);
  await sql.end();
}

test('a batch that Postgres does not finish in time is tried in smaller pieces', async () => {
  await slowDown(8);
  await publish(500);
  await start(`${database.url}?statement_timeout=2000`);
  await untilSettled();
  expect((await totals()).sort((a, b) => a - b)).toEqual(range(500));
  expect(svc.output()).toContain('smaller batches');
}, 120_000);
