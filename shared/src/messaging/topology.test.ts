import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type TestNats, testNats } from '@popple/testing/nats';
import { AckPolicy, connect, type JetStreamManager, type NatsConnection, nanos, StorageType } from 'nats';
import { OperatorError } from '../process/operator-error';
import { ACK_WAIT_MS, ensureDurable, ensureStreams, STREAMS, type StreamLimits } from './topology';

const LIMITS: StreamLimits = { maxAgeMs: 3_600_000, maxBytes: 16_777_216, replicas: 1 };

describe('streams and durable consumers', () => {
  let nats: TestNats;
  let connection: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    nats = await testNats();
    connection = await connect({ servers: nats.url });
    manager = await connection.jetstreamManager();
  });
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });

  test('many processes may make them at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureStreams(manager, LIMITS)));
    const { config } = await manager.streams.info(STREAMS.requests);
    expect(config).toMatchObject({
      subjects: ['popple.request.>'],
      retention: 'limits',
      storage: 'file',
      discard: 'new',
      max_age: nanos(3_600_000),
      max_bytes: 16_777_216,
      duplicate_window: nanos(120_000),
    });
    await Promise.all(Array.from({ length: 8 }, () => ensureDurable(manager, 'svc')));
    expect((await manager.consumers.info(STREAMS.requests, 'svc')).config).toMatchObject({
      ack_policy: 'explicit',
      max_deliver: -1,
    });
  });

  test('existing streams get new limits and keep what they hold', async () => {
    await ensureStreams(manager, LIMITS);
    await connection.jetstream().publish('popple.request.change-karma.1', 'kept');
    await ensureStreams(manager, { ...LIMITS, maxAgeMs: 7_200_000, maxBytes: 33_554_432 });
    const { config, state } = await manager.streams.info(STREAMS.requests);
    expect(config).toMatchObject({ max_age: nanos(7_200_000), max_bytes: 33_554_432 });
    expect(state.messages).toBe(1);
  });

  test('making a durable again keeps its progress', async () => {
    await ensureStreams(manager, LIMITS);
    await ensureDurable(manager, 'svc');
    await connection.jetstream().publish('popple.request.change-karma.1', 'done');
    const consumer = await connection.jetstream().consumers.get(STREAMS.requests, 'svc');
    for (let left = (await consumer.info()).num_pending; left > 0; left -= 1) {
      const message = await consumer.next();
      expect(await message?.ackAck()).toBe(true);
    }
    await ensureDurable(manager, 'svc');
    expect((await consumer.info()).num_pending).toBe(0);
  });

  test('a durable that is as it should be is not written down anew, one that is not is', async () => {
    await ensureStreams(manager, LIMITS);
    await ensureDurable(manager, 'svc');
    let writes = 0;
    const api = connection.subscribe('$JS.API.CONSUMER.*.>', {
      callback: (_error, { subject }) => {
        if (subject.includes('.CREATE.')) writes += 1;
      },
    });
    await ensureDurable(manager, 'svc');
    await connection.flush();
    expect(writes).toBe(0);
    await manager.consumers.update(STREAMS.requests, 'svc', { ack_wait: nanos(1_000) });
    await connection.flush();
    const before = writes;
    await ensureDurable(manager, 'svc');
    await connection.flush();
    expect(writes).toBe(before + 1);
    const { config } = await manager.consumers.info(STREAMS.requests, 'svc');
    expect(config.ack_wait).toBe(nanos(ACK_WAIT_MS));
    api.unsubscribe();
  });

  test('a durable of an earlier release is given what this one wants, and keeps its progress', async () => {
    const earlier = await earlierDurable();
    await Promise.all(Array.from({ length: 4 }, () => ensureDurable(manager, 'svc')));
    const { config, num_pending, delivered } = await manager.consumers.info(STREAMS.requests, 'svc');
    expect(config).toMatchObject({ ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: 20_000, max_deliver: -1 });
    expect({ num_pending, delivered: delivered.stream_seq }).toEqual({
      num_pending: earlier.num_pending,
      delivered: earlier.delivered.stream_seq,
    });
  });

  test('what no update can change is an error that says what to do', async () => {
    await ensureStreams(manager, LIMITS);
    await manager.consumers.delete(STREAMS.requests, 'svc').catch(() => undefined);
    await manager.consumers.add(STREAMS.requests, { durable_name: 'svc', ack_policy: AckPolicy.None });
    const refused = await ensureDurable(manager, 'svc').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OperatorError);
    expect(String(refused)).toMatch(/consumer svc on POPPLE_REQUESTS.*ack_policy/);
    await manager.consumers.delete(STREAMS.requests, 'svc');
  });

  /** A durable as an earlier release might have made it, that has delivered one message and has one to come. */
  async function earlierDurable() {
    await ensureStreams(manager, LIMITS);
    await manager.consumers.delete(STREAMS.requests, 'svc').catch(() => undefined);
    await manager.streams.purge(STREAMS.requests);
    await manager.consumers.add(STREAMS.requests, {
      durable_name: 'svc',
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(60_000),
      max_ack_pending: 1_000,
      max_deliver: 7,
    });
    const client = connection.jetstream();
    for (const body of ['done', 'to come']) await client.publish('popple.request.change-karma.1', body);
    await (await (await client.consumers.get(STREAMS.requests, 'svc')).next())?.ackAck();
    return manager.consumers.info(STREAMS.requests, 'svc');
  }

  test('what the server refuses is an error that names the stream and the variables', async () => {
    await manager.streams.delete(STREAMS.dead);
    await manager.streams.add({
      name: STREAMS.dead,
      subjects: ['popple.dead.>'],
      storage: StorageType.Memory,
    });
    const refused = await ensureStreams(manager, LIMITS).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OperatorError);
    expect(String(refused)).toMatch(/POPPLE_DEAD.*STREAM_REPLICAS/);
  });
});

describe('a part that may look at a durable and not change it', () => {
  const PERMISSIONS = `
    no_auth_user: operator
    authorization {
      users = [
        { user: operator, password: operator }
        { user: part, password: part, permissions: { publish: {
          allow: [">"], deny: ["$JS.API.CONSUMER.CREATE.>", "$JS.API.CONSUMER.DURABLE.>"] } } }
      ]
    }`;

  test('goes on with it, and says so', async () => {
    await using nats = await testNats({ config: PERMISSIONS });
    const operator = await connect({ servers: nats.url });
    const part = await connect({ servers: nats.url, user: 'part', pass: 'part' });
    try {
      const manager = await operator.jetstreamManager();
      await ensureStreams(manager, LIMITS);
      await ensureDurable(manager, 'svc');
      const lines: string[] = [];
      const warn = (line: string) => lines.push(line);
      await ensureDurable(await part.jetstreamManager(), 'svc', warn);
      expect(lines).toEqual([]);
      await manager.consumers.update(STREAMS.requests, 'svc', { ack_wait: nanos(60_000) });
      await ensureDurable(await part.jetstreamManager(), 'svc', warn);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('consumer svc on POPPLE_REQUESTS');
      expect(lines[0]).toContain('ack_wait');
    } finally {
      await Promise.all([operator.close(), part.close()]);
    }
  });
});
