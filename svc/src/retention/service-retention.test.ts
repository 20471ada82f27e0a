import { expect, test } from 'bun:test';
import { ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { testNats } from '@popple/testing/nats';
import { testDatabase } from '@popple/testing/postgres';
import { startService } from '@popple/testing/service';
import { connect, nanos } from 'nats';
import { streamMaxAgeMs } from './stream-max-age';

test('svc does not start when the ledger would forget too soon, and says what would be enough', async () => {
  await using svc = await startService('svc', {
    // Never reached: a configuration that counts twice is refused before anything is connected.
    NATS_URL: 'nats://127.0.0.1:1',
    DATABASE_URL: 'postgres://127.0.0.1:1/popple',
    LEDGER_RETENTION: '8d',
  });
  expect(await svc.exited).toEqual({ code: 1, signal: null });
  expect(svc.output()).toContain('LEDGER_RETENTION is 8d, which is too short');
  expect(svc.output()).toContain('Set LEDGER_RETENTION to 529h or more');
});

test('svc with pruning beside its requests starts, and stops in order', async () => {
  await using nats = await testNats();
  await using database = await testDatabase();
  await using svc = await startService('svc', { NATS_URL: nats.url, DATABASE_URL: database.url });
  await svc.ready();
  expect(await (await fetch(`${svc.url}/metrics`)).text()).toContain('popple_svc_ledger_pruned_total 0');
  expect(await svc.stop()).toEqual({ code: 0, signal: null });
});

test('how long the streams really keep messages is asked of NATS', async () => {
  await using nats = await testNats();
  const connection = await connect({ servers: nats.url });
  try {
    const manager = await connection.jetstreamManager();
    await ensureStreams(manager, { maxAgeMs: 3_600_000, maxBytes: 16_777_216, replicas: 1 });
    expect(await streamMaxAgeMs(manager)).toBe(3_600_000);
    await manager.streams.update(STREAMS.dead, { max_age: nanos(7_200_000) });
    expect(await streamMaxAgeMs(manager)).toBe(7_200_000);
    await manager.streams.update(STREAMS.requests, { max_age: 0 });
    expect(await streamMaxAgeMs(manager)).toBe(Infinity);
  } finally {
    await connection.close();
  }
});
