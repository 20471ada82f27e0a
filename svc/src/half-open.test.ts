import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { startTcpProxy, type TcpProxy } from '@popple/testing/tcp-proxy';
import { connect, type NatsConnection } from 'nats';

/** The promise, and what a loaded machine may add. */
const NOTICED_WITHIN_MS = 15_000 + 5_000;

let nats: TestNats;
let database: TestDatabase;
let natsProxy: TcpProxy;
let databaseProxy: TcpProxy;
let connection: NatsConnection;
let svc: TestService;

beforeEach(async () => {
  [nats, database] = await Promise.all([testNats(), testDatabase()]);
  natsProxy = await startTcpProxy({ target: nats.url });
  databaseProxy = await startTcpProxy({ target: database.url });
  svc = await startService('svc', {
    NATS_URL: natsProxy.url,
    DATABASE_URL: databaseProxy.url,
  });
  await svc.ready();
  connection = await connect({ servers: nats.url });
});
afterEach(async () => {
  await svc.stop();
  await connection.close();
  await Promise.all([natsProxy.stop(), databaseProxy.stop()]);
  await nats.stop();
  await database.drop();
});

async function ask(): Promise<void> {
  const request: Request = {
    ...messageEnvelope(),
    kind: 'change-karma',
    changes: [{ subject: 'x', display: 'x', delta: 1 }],
  };
  await connection
    .jetstream()
    .publish(requestSubject(request), JSON.stringify(request), { msgID: request.id });
}
async function answered(): Promise<number> {
  return (await (await connection.jetstreamManager()).streams.info(STREAMS.events)).state.messages;
}
async function within(ms: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await Bun.sleep(100);
  }
}

describe('a peer that vanished without a word', () => {
  test('of Postgres is noticed, and work goes on over a new connection', async () => {
    await ask();
    await within(5_000, 'the first is answered', async () => (await answered()) === 1);
    databaseProxy.blackhole();
    await ask();
    await within(NOTICED_WITHIN_MS, 'it says that requests wait', async () =>
      svc.output().includes('requests wait'),
    );
    await databaseProxy.heal();
    await within(30_000, 'the second is answered', async () => (await answered()) === 2);
  });

  test('of NATS is noticed, and work goes on over a new connection', async () => {
    natsProxy.blackhole();
    await within(NOTICED_WITHIN_MS, 'it says that NATS is lost', async () =>
      svc.output().includes('lost NATS'),
    );
    expect((await svc.readiness()).ready).toBe(false);
    await natsProxy.heal();
    await ask();
    await within(30_000, 'it is answered', async () => (await answered()) === 1);
  });
});
