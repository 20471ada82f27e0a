import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { requestSchema } from '@popple/shared/contract/kinds';
import type { Request } from '@popple/shared/contract/request';
import type { SettingKey, SettingValue } from '@popple/shared/contract/setting';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { NEWER_VERSION_DELIVERIES } from '@popple/shared/messaging/newer-version';
import { deadSubjectsOf, requestSubject } from '@popple/shared/messaging/subjects';
import { DURABLES, ensureDurable, ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type OwnPostgres, ownPostgres, type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { connect, type JetStreamClient, type JetStreamManager, type NatsConnection } from 'nats';
import postgres from 'postgres';

const GUILD = '100';
// Ids of now: the ledger forgets old ones.
let nextId = BigInt(snowflakeAt(Date.now()));
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const envelope = (id = String(nextId++)) => messageEnvelope({ id, guildId: GUILD });

const change = (subject: string, delta = 1, id?: string): Request => ({
  ...envelope(id),
  kind: 'change-karma',
  changes: [{ subject, display: subject, delta }],
});

let nats: TestNats;
let database: TestDatabase;
let connection: NatsConnection;
let client: JetStreamClient;
let manager: JetStreamManager;
const parts: TestService[] = [];

beforeEach(async () => {
  nats = await testNats();
  database = await testDatabase();
  connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  manager = await connection.jetstreamManager();
  client = connection.jetstream();
  await ensureStreams(manager, { maxAgeMs: 3_600_000, maxBytes: 67_108_864, replicas: 1 });
});

afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
  await connection.close();
  await nats.stop();
  await database.drop();
});

async function startSvc(environment: Record<string, string> = {}): Promise<TestService> {
  const part = await startService('svc', {
    NATS_URL: nats.url,
    DATABASE_URL: database.url,
    STREAM_MAX_AGE: '1h',
    STREAM_MAX_BYTES: '67108864',
    ...environment,
  });
  parts.push(part);
  return part;
}

/** Tries again for as long as NATS cannot be reached; the stream keeps each id once. */
async function publish(requests: readonly Request[]): Promise<void> {
  const one = async (request: Request): Promise<unknown> => {
    const options = { msgID: request.id, timeout: 1_000 };
    const stored = client.publish(requestSubject(request), JSON.stringify(request), options);
    return await stored.catch(() => one(request));
  };
  await Promise.all(requests.map(one));
}

/** Reads `count` events from the beginning of the stream. */
async function events(count: number): Promise<Event[]> {
  const consumer = await client.consumers.get(STREAMS.events);
  const read: Event[] = [];
  const messages = await consumer.consume();
  for await (const message of messages) {
    read.push(message.json<Event>());
    if (read.length === count) break;
  }
  return read;
}

const SUBJECT = `popple.request.change-karma.${GUILD}`;
const totalsOf = (event: Event) => ('totals' in event ? event.totals.map(({ karma }) => karma) : []);

async function drained(): Promise<void> {
  for (;;) {
    const info = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
    if (info.num_pending === 0 && info.num_ack_pending === 0) return;
    await Bun.sleep(20);
  }
}

describe('svc', () => {
  test('each kind of request is answered by its event, under the same id', async () => {
    const svc = await startSvc();
    await svc.ready();
    const requests: Request[] = [
      change('alice'),
      { ...envelope(), kind: 'check-karma', subjects: [{ subject: 'alice', display: 'ALICE' }] },
      { ...envelope(), kind: 'check-board', end: 'top', size: 10 },
      { ...envelope(), kind: 'change-setting', key: 'announce', value: false },
      change('alice', -3),
      { ...envelope(), kind: 'undo' },
      { ...envelope(), kind: 'check-history', side: 'given', size: 1 },
    ];
    for (const request of requests) await publish([request]);
    const answered = await events(requests.length);
    expect(answered.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
    const common = requests.map(({ id }) => messageEnvelope({ id, guildId: GUILD }));
    expect(answered).toEqual([
      { ...common[0], kind: 'karma-changed', announce: true, totals: [{ display: 'alice', karma: '1' }] },
      { ...common[1], kind: 'karma-checked', totals: [{ display: 'alice', karma: '1' }] },
      { ...common[2], kind: 'board-checked', end: 'top', entries: [{ display: 'alice', karma: '1' }] },
      { ...common[3], kind: 'setting-changed', key: 'announce', value: false },
      { ...common[4], kind: 'karma-changed', announce: false, totals: [{ display: 'alice', karma: '-2' }] },
      { ...common[5], kind: 'undone', totals: [{ display: 'alice', karma: '1' }], undoes: requests[4]?.id },
      { ...common[6], kind: 'history-checked', side: 'given', entries: [expect.anything()], hasMore: true },
    ] as Event[]);
  });

  test('a request of a kind that is another today is applied as that', async () => {
    await startSvc();
    const { v: _, origin, at: __, ...common } = envelope();
    const old = { ...common, v: 1, channelId: '7', userId: '8', kind: 'change-announce', announce: false };
    await client.publish(`popple.request.change-announce.${GUILD}`, JSON.stringify(old), { msgID: old.id });
    expect(await events(1)).toMatchObject([
      { id: old.id, kind: 'setting-changed', key: 'announce', value: false, origin: { messageId: old.id } },
    ]);
    await publish([change('alice')]);
    expect((await events(2)).at(-1)).toMatchObject({ kind: 'karma-changed', announce: false });
  });

  test('the event repeats the origin whole, also what only a later release knows of it', async () => {
    await startSvc();
    const request = change('alice');
    const origin = { ...request.origin, ofALaterRelease: { kept: true } };
    await publish([{ ...request, origin }]);
    const [event] = await events(1);
    expect(event?.origin).toEqual(origin);
  });

  test('what an svc of version 1 was sent is applied and answered as ever', async () => {
    await startSvc();
    const { at, origin: _, ...request } = change('alice');
    const place = { channelId: '7', userId: '8' };
    await client.publish(SUBJECT, JSON.stringify({ ...request, v: 1, ...place }), { msgID: request.id });
    const [event] = await events(1);
    const origin = { kind: 'message', messageId: request.id, ...place };
    expect(event).toMatchObject({ v: CONTRACT_VERSION, id: request.id, at, origin });
    expect(event && totalsOf(event)).toEqual(['1']);
  });

  test('a backlog is applied in order, each request with its own running total', async () => {
    await publish(Array.from({ length: 1_200 }, () => change('x')));
    await startSvc();
    const answered = await events(1_200);
    expect(answered.flatMap(totalsOf)).toEqual(
      Array.from({ length: 1_200 }, (_, index) => String(index + 1)),
    );
  });

  test('several workers share the work and count each request once', async () => {
    await Promise.all([startSvc(), startSvc(), startSvc()]);
    for (const part of parts) await part.ready();
    for (let round = 0; round < 20; round += 1) {
      await publish(Array.from({ length: 50 }, (_, index) => change(`s${index % 5}`)));
    }
    const answered = await events(1_000);
    await drained();
    const last = new Map(
      answered.flatMap((event) => ('totals' in event ? event.totals : [])).map((t) => [t.display, 0]),
    );
    for (const event of answered) {
      for (const { display, karma } of 'totals' in event ? event.totals : []) {
        last.set(display, Math.max(last.get(display) ?? 0, Number(karma)));
      }
    }
    expect([...last.values()]).toEqual([200, 200, 200, 200, 200]);
  });

  test('what cannot be read is dead-lettered with its reason, and stops nobody', async () => {
    const svc = await startSvc();
    await svc.ready();
    await client.publish(`popple.request.change-karma.${GUILD}`, 'not json');
    await client.publish(`popple.request.change-karma.${GUILD}`, JSON.stringify({ ...change('a'), v: 0 }));
    await client.publish('popple.request.change-karma.999', JSON.stringify(change('elsewhere')));
    await publish([change('alice')]);
    expect((await events(1)).flatMap(totalsOf)).toEqual(['1']);
    await drained();
    const { subjects = {} } = (await manager.streams.info(STREAMS.dead, { subjects_filter: '>' })).state;
    expect(Object.keys(subjects).sort()).toEqual([
      expect.stringMatching(/^popple\.dead\.request\.not-json\.1-\d+$/),
      expect.stringMatching(/^popple\.dead\.request\.unknown-version\.2-\d+$/),
      expect.stringMatching(/^popple\.dead\.request\.wrong-subject\.3-\d+$/),
    ]);
    const letter = await manager.streams.getMessage(STREAMS.dead, {
      last_by_subj: deadSubjectsOf('not-json'),
    });
    expect(letter.string()).toBe('not json');
    expect(letter.header.get('Popple-Subject')).toBe(`popple.request.change-karma.${GUILD}`);
    expect(letter.header.get('Popple-Stream')).toBe(STREAMS.requests);
    expect(letter.header.get('Popple-Sequence')).toBe('1');
    expect(letter.header.get('Popple-Deliveries')).toBe('1');
  });

  test('a request of a later release is given back for a worker that can read it', async () => {
    const svc = await startSvc();
    await svc.ready();
    await client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: CONTRACT_VERSION + 1, andMore: true }));
    await publish([change('alice')]);
    expect((await events(1)).flatMap(totalsOf)).toEqual(['1']);
    const waiting = async () =>
      (await manager.consumers.info(STREAMS.requests, DURABLES.svc)).num_redelivered;
    while ((await waiting()) !== 1) await Bun.sleep(50);
    await svc.stop();
    const newer = await client.consumers.get(STREAMS.requests, DURABLES.svc);
    const message = await newer.next({ expires: 30_000 });
    expect(message?.json<{ v: number }>().v).toBe(CONTRACT_VERSION + 1);
    await message?.ackAck();
    await drained();
    expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
  }, 60_000);

  test('a request of a later release that nobody reads for minutes is dead-lettered', async () => {
    await ensureDurable(manager, 'svc');
    await client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: CONTRACT_VERSION + 1 }));
    const old = await client.consumers.get(STREAMS.requests, DURABLES.svc);
    for (let deliveries = 0; deliveries < NEWER_VERSION_DELIVERIES; deliveries += 1)
      (await old.next({ expires: 30_000 }))?.nak(1);
    await startSvc();
    await drained();
    const letter = await manager.streams.getMessage(STREAMS.dead, {
      last_by_subj: deadSubjectsOf('unknown-version'),
    });
    expect(letter.header.get('Popple-Detail')).toBe('version 3, this process knows 2');
  }, 60_000);

  test('a request that Postgres refuses is dead-lettered alone, its neighbours count', async () => {
    const most = 9_223_372_036_854_775_807n;
    const svc = await startSvc();
    await svc.ready();
    await publish([change('rich', 1)]);
    await events(1);
    const { default: postgres } = await import('postgres');
    const sql = postgres(database.url, { max: 1 });
    await sql`update karma set karma = ${String(most)} where subject = 'rich'`;
    await sql.end();
    await svc.stop();
    await publish([change('a'), change('rich'), change('b')]);
    await startSvc();
    expect((await events(3)).slice(1).flatMap(totalsOf)).toEqual(['1', '1']);
    await drained();
    const letter = await manager.streams.getMessage(STREAMS.dead, {
      last_by_subj: deadSubjectsOf('refused-by-postgres'),
    });
    expect(requestSchema.parse(letter.json())).toMatchObject({ changes: [{ subject: 'rich' }] });
    expect(letter.header.get('Popple-Detail')).toContain('out of range');
  });

  test('a request that comes again after the duplicate window is answered from the ledger', async () => {
    await startSvc();
    const request = change('alice');
    await publish([request]);
    await events(1);
    // Without a message id the stream cannot know it, as if the window of two minutes had passed.
    await client.publish(requestSubject(request), JSON.stringify(request));
    await publish([change('alice')]);
    const answered = await events(2);
    await drained();
    expect(answered.flatMap(totalsOf)).toEqual(['1', '2']);
  });

  test('a change older than the ledger remembers is dead-lettered, not applied, and harms no neighbour', async () => {
    const svc = await startSvc();
    await svc.ready();
    const old = change('alice', 1, snowflakeAt(Date.now() - 30 * DAY_MS + HOUR_MS / 2));
    const justInTime = change('bob', 1, snowflakeAt(Date.now() - 30 * DAY_MS + 2 * HOUR_MS));
    const question: Request = {
      ...envelope(snowflakeAt(Date.now() - 60 * DAY_MS)),
      kind: 'check-karma',
      subjects: [{ subject: 'alice', display: 'alice' }],
    };
    await publish([old, justInTime, question, change('alice')]);
    await drained();
    const answered = await events(3);
    expect(new Map(answered.map((event) => [event.id, totalsOf(event)])).get(justInTime.id)).toEqual(['1']);
    expect(answered.map(({ id }) => id)).not.toContain(old.id);
    expect(answered.filter(({ kind }) => kind === 'karma-changed').flatMap(totalsOf)).toEqual(['1', '1']);
    const letter = await manager.streams.getMessage(STREAMS.dead, {
      last_by_subj: deadSubjectsOf('older-than-ledger'),
    });
    expect(requestSchema.parse(letter.json()).id).toBe(old.id);
    expect(letter.header.get('Popple-Detail')).toContain('LEDGER_RETENTION');
  });

  test('a change older than the ledger is sure to remember is answered while the ledger still has it', async () => {
    const first = await startSvc();
    await first.ready();
    const request = change('alice', 1, snowflakeAt(Date.now() - 10 * HOUR_MS));
    await publish([request]);
    await events(1);
    await first.stop();
    await startSvc({ LEDGER_RETENTION: '6h', BACKFILL_MAX_AGE: '1h' });
    await client.publish(requestSubject(request), JSON.stringify(request));
    await publish([change('alice')]);
    await drained();
    expect((await events(2)).flatMap(totalsOf)).toEqual(['1', '2']);
    expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
  });

  test('SIGTERM finishes what is in hand, acks it and exits 0', async () => {
    const svc = await startSvc();
    await svc.ready();
    await publish(Array.from({ length: 300 }, () => change('x')));
    expect(await svc.stop()).toEqual({ code: 0, signal: null });
    const info = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
    const { state } = await manager.streams.info(STREAMS.events);
    expect(info.num_redelivered).toBe(0);
    expect(state.messages).toBe(info.ack_floor.stream_seq);
  });

  test('SIGKILL in the midst loses nothing and counts nothing twice', async () => {
    const svc = await startSvc();
    await svc.ready();
    await publish(Array.from({ length: 2_000 }, () => change('x')));
    svc.kill('SIGKILL');
    await svc.exited;
    await startSvc();
    await publish([change('x')]);
    await drained();
    const answered = await events(2_001);
    expect(Math.max(...answered.flatMap(totalsOf).map(Number))).toBe(2_001);
  }, 90_000);
});

describe('svc without Postgres', () => {
  let postgres: OwnPostgres;
  let own: TestDatabase;

  beforeEach(async () => {
    postgres = await ownPostgres();
    own = await testDatabase(postgres.url);
  });
  afterEach(() => postgres.stop());

  test('waits, says not ready, dead-letters nothing, and goes on when Postgres is back', async () => {
    const svc = await startSvc({ DATABASE_URL: own.url });
    await svc.ready();
    await publish([change('alice')]);
    await events(1);
    await postgres.kill();
    await publish([change('alice'), change('alice')]);
    while ((await svc.readiness()).dependencies.requests === 'ok') await Bun.sleep(50);
    await Bun.sleep(1_000);
    await postgres.restart();
    expect((await events(3)).flatMap(totalsOf)).toEqual(['1', '2', '3']);
    await svc.ready();
    expect((await manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
  });

  test('starts before Postgres does', async () => {
    await postgres.kill();
    const svc = await startSvc({ DATABASE_URL: own.url });
    await publish([change('alice')]);
    while (!svc.output().includes('requests wait')) await Bun.sleep(50);
    await postgres.restart();
    expect((await events(1)).flatMap(totalsOf)).toEqual(['1']);
  });
});

describe('svc without NATS', () => {
  test('starts before NATS does, and survives its restart', async () => {
    await nats.kill();
    const svc = await startSvc();
    while (!svc.output().includes('cannot reach NATS')) await Bun.sleep(50);
    expect((await svc.readiness()).ready).toBe(false);
    await nats.restart();
    await svc.ready();
    await publish([change('alice')]);
    await events(1);
    await nats.restart();
    await publish([change('alice')]);
    await svc.ready();
    expect((await events(2)).length).toBe(2);
  });

  test('a deleted consumer ends the process with an error', async () => {
    const svc = await startSvc();
    await svc.ready();
    await manager.consumers.delete(STREAMS.requests, DURABLES.svc);
    expect((await svc.exited).code).toBe(1);
    expect(svc.output()).toContain('durable consumer is gone');
  });
});

describe('rules', () => {
  const MEMBER = '<@300000000000000009>';
  /** What was decided of each request, as `1` or the reason. */
  const words = (read: readonly Event[]) =>
    new Map(
      read.map((event) => {
        const verdicts = 'verdicts' in event ? event.verdicts : undefined;
        return [
          event.id,
          verdicts?.map((one) => ('refused' in one ? one.refused : `${one.delta}`)).join() ?? '1',
        ];
      }),
    );
  const countOf = (all: ReadonlyMap<string, string>, word: string) =>
    [...all.values()].filter((one) => one === word).length;
  const counted = async () => {
    const db = postgres(database.url, { max: 1, onnotice: () => {} });
    const [row] = await db`
      SELECT
        (SELECT sum(karma)::int FROM karma) AS karma,
        (SELECT count(*)::int FROM journal) AS journal,
        (SELECT count(*)::int FROM ledger WHERE kind = 'change-karma') AS ledger`;
    await db.end({ timeout: 0 });
    return row;
  };
  const setting = (key: SettingKey, value: SettingValue): Request => ({
    ...envelope(),
    kind: 'change-setting',
    key,
    value,
  });

  test('120 changes at once by one member, over two workers of which one is killed: a quota of 20 lets 20 through', async () => {
    const DEFAULT = { RULES_PRESET: 'default' };
    const workers = [await startSvc(DEFAULT), await startSvc(DEFAULT)];
    await Promise.all(workers.map((svc) => svc.ready()));
    await publish([setting('quota', 20)]);
    await events(1);
    const asked = Array.from({ length: 120 }, (_, n) => change(`s${n % 7}`));
    const publishing = publish(asked);
    const killed = workers[0];
    killed?.kill('SIGKILL');
    await killed?.exited;
    await publishing;
    await drained();
    // Those of requests that the dead worker had answered may be there twice.
    const { state } = await manager.streams.info(STREAMS.events);
    const all = words((await events(state.messages)).slice(1));
    expect(all.size).toBe(120);
    expect([countOf(all, '1'), countOf(all, 'quota')]).toEqual([20, 100]);
    expect(await counted()).toEqual({ karma: 20, journal: 20, ledger: 120 });
  });

  test('a cooldown lets one of five through, and the event says which one was in the way', async () => {
    const workers = [
      await startSvc({ RULES_PRESET: 'default' }),
      await startSvc({ RULES_PRESET: 'default' }),
    ];
    await Promise.all(workers.map((svc) => svc.ready()));
    const asked = Array.from({ length: 5 }, () => change(MEMBER));
    await publish(asked);
    const read = await events(5);
    expect(countOf(words(read), 'cooldown')).toBe(4);
    const passed = read.find(({ kind }) => kind === 'karma-changed');
    for (const event of read)
      if (event.kind === 'karma-refused') expect(event.verdicts).toMatchObject([{ earlier: passed?.id }]);
  });

  test('a redelivered request is answered as it was, although the rules have changed', async () => {
    const svc = await startSvc({ RULES_PRESET: 'default' });
    await svc.ready();
    const first = change(MEMBER);
    const second = change(MEMBER);
    await publish([first, second]);
    await events(2);
    await publish([setting('cooldown', 0)]);
    await events(3);
    // As after the duplicate window of the stream.
    await client.publish(requestSubject(second), JSON.stringify(second));
    await drained();
    const { state } = await manager.streams.info(STREAMS.events);
    expect(state.messages).toBe(3);
    expect(await counted()).toEqual({ karma: 1, journal: 1, ledger: 2 });
    await publish([change(MEMBER)]);
    expect(
      words(await events(4))
        .values()
        .toArray()
        .at(-1),
    ).toBe('1');
  });

  test('by default nobody raises themselves', async () => {
    const self = {
      ...change('<@8>'),
      origin: { kind: 'message', channelId: '7', messageId: '1', userId: '8' },
    } as const;
    const svc = await startSvc({ RULES_PRESET: 'default' });
    await svc.ready();
    await publish([self]);
    const [event] = await events(1);
    expect(event).toMatchObject({ kind: 'karma-refused', verdicts: [{ refused: 'self' }] });
  });
});
