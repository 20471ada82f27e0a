import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { openBuckets } from '@popple/bot/open-buckets';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { natsServers } from '@popple/testing/nats-servers';
import { connect, ErrorCode, type JetStreamClient, type NatsConnection, NatsError } from 'nats';
import {
  checkConfiguration,
  type NatsUser,
  type NatsWithAccounts,
  natsWithAccounts,
} from '../testing/nats-with-accounts';
import { ensureEverything } from './streams';

const SETTINGS = { maxAgeMs: 600_000, maxBytes: 1_048_576, replicas: 1, replyMaxAgeMs: 60_000 };
const ANSWER_DEADLINE_MS = 2_000;

describe.each(await natsServers())('nats-server $version', ({ binary, version }) => {
  let server: NatsWithAccounts;
  const connections = {} as Record<NatsUser, NatsConnection>;

  beforeAll(async () => {
    server = await natsWithAccounts({ binary });
    for (const user of ['bot', 'svc', 'operator'] as const) connections[user] = await server.connect(user);
    await ensureEverything(connections.operator, SETTINGS);
  });
  afterAll(async () => {
    for (const connection of Object.values(connections)) await connection.close();
    await server.stop();
  });

  /** The server's response to a request of a user, or its permissions violation. */
  async function ask(
    user: NatsUser,
    subject: string,
    payload: unknown = '',
  ): Promise<'answered' | 'refused'> {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    try {
      await connections[user].request(subject, body, { timeout: ANSWER_DEADLINE_MS });
      return 'answered';
    } catch (error) {
      if (error instanceof NatsError && error.code === 'PERMISSIONS_VIOLATION') return 'refused';
      throw error;
    }
  }

  async function subscribe(user: NatsUser, subject: string): Promise<'allowed' | 'refused'> {
    const refused = new Promise<'refused'>((resolve) => {
      const subscription = connections[user].subscribe(subject, {
        callback: (error) => {
          if (error?.code === 'PERMISSIONS_VIOLATION') resolve('refused');
        },
      });
      void subscription.closed.then(() => resolve('refused'));
    });
    // The server answers in order: a refusal comes before the answer to the flush.
    const flushed = connections[user].flush().then(async () => {
      await Bun.sleep(50);
      return 'allowed' as const;
    });
    return Promise.race([refused, flushed]);
  }

  const jetStream = (user: NatsUser): JetStreamClient => connections[user].jetstream();

  /** The bot's buckets, as the bot opens them. */
  const buckets = async () =>
    openBuckets(jetStream('bot'), await connections.bot.jetstreamManager(), SETTINGS);

  test.each(['nats.conf', 'cluster.conf'])('nats-server takes %s', async (file) => {
    expect(await checkConfiguration(file, binary)).toBe('');
  });

  describe('who is let in', () => {
    test('nobody without a password, or with another', async () => {
      const servers = new URL(server.url('bot')).host;
      for (const login of [{}, { user: 'bot', pass: 'wrong' }, { user: 'bot', pass: '' }]) {
        await expect(connect({ servers, reconnect: false, ...login })).rejects.toThrow(/authorization/i);
      }
    });
  });

  describe('the bot', () => {
    test('publishes requests, and dead letters of events', async () => {
      expect(await ask('bot', 'popple.request.change-karma.1', '{}')).toBe('answered');
      expect(await ask('bot', 'popple.dead.event.not-json.1-2', '{}')).toBe('answered');
    });

    test('reads and acks events through its durable consumer', async () => {
      await jetStream('svc').publish('popple.event.karma-changed.1', 'hello');
      const consumer = await jetStream('bot').consumers.get('POPPLE_EVENTS', 'bot');
      const message = await consumer.next({ expires: 5_000 });
      expect(message?.string()).toBe('hello');
      expect(await message?.ackAck()).toBe(true);
    });

    test('keeps its buckets', async () => {
      const all = Object.values(await buckets()).filter((bucket) => bucket !== undefined);
      expect(all).toHaveLength(Object.keys(BUCKETS).length);
      for (const bucket of all) {
        await bucket.create('a.b', 'b');
        await bucket.put('a.b', 'c');
        expect((await bucket.get('a.b'))?.string()).toBe('c');
        await bucket.delete('a.b');
      }
    });

    test.each(['gateway', 'leases', 'interactions'] as const)('lists the entries of %s', async (name) => {
      const bucket = (await buckets())[name];
      if (bucket === undefined) throw new Error(`there is no bucket ${name}`);
      const revision = await bucket.put('x.y', '1');
      expect(await bucket.entries('>')).toEqual([{ key: 'x.y', value: '1', revision }]);
    });

    test('asks other bots, and answers them', async () => {
      const other = await server.connect('bot');
      other.subscribe('popple.bot.alive.1', { callback: (_error, message) => message.respond('yes') });
      await other.flush();
      const ask = (subject: string) => connections.bot.request(subject, '', { timeout: ANSWER_DEADLINE_MS });
      expect((await ask('popple.bot.alive.1')).string()).toBe('yes');
      // A bot that is gone is distinguished from a slow one at once.
      await other.drain();
      await expect(ask('popple.bot.alive.1')).rejects.toMatchObject({ code: ErrorCode.NoResponders });
      await expect(ask('popple.bot.alive.2')).rejects.toMatchObject({ code: ErrorCode.NoResponders });
    });

    test('asks svc a query, and has no response when nobody serves it', async () => {
      const query = () =>
        connections.bot.request('popple.query.find-subjects', 'a question', { timeout: ANSWER_DEADLINE_MS });
      // Across accounts, 2.9 does not say that there is nobody.
      const isOld = Bun.semver.order(version, '2.10.0') < 0;
      const code = isOld ? ErrorCode.Timeout : ErrorCode.NoResponders;
      await expect(query()).rejects.toMatchObject({ code });
      const worker = await server.connect('svc');
      const service = await worker.services.add({ name: 'popple-svc', version: '1.0.0', queue: 'svc' });
      service.addEndpoint('find-subjects', {
        subject: 'popple.query.find-subjects',
        handler: (_error, message) => void message.respond(`the answer to ${message.string()}`),
      });
      await worker.flush();
      expect((await query()).string()).toBe('the answer to a question');
      expect(service.isStopped).toBe(false);
      await service.stop();
      await worker.close();
    });

    test.each([
      ['publish events', 'popple.event.karma-changed.1'],
      ['ask what is no query of svc', 'popple.query.find-subjects.more'],
      ['ask what a service says of itself', '$SRV.INFO'],
      ['publish dead letters of requests', 'popple.dead.request.not-json.1-2'],
      ["take requests as svc's consumer does", '$JS.API.CONSUMER.MSG.NEXT.POPPLE_REQUESTS.svc'],
      ['look into the stream of requests', '$JS.API.STREAM.MSG.GET.POPPLE_REQUESTS'],
      ['look into the stream of requests directly', '$JS.API.DIRECT.GET.POPPLE_REQUESTS'],
      ['look into dead letters', '$JS.API.STREAM.MSG.GET.POPPLE_DEAD'],
      ['make a consumer on requests', '$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS.mine'],
      ['make an unnamed consumer on requests', '$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS'],
      ['make a consumer the old way', '$JS.API.CONSUMER.DURABLE.CREATE.POPPLE_REQUESTS.mine'],
      ['make another consumer on events', '$JS.API.CONSUMER.CREATE.POPPLE_EVENTS.mine'],
      ["ack what is svc's", '$JS.ACK.POPPLE_REQUESTS.svc.1.1.1.1.0'],
      ["remove svc's consumer", '$JS.API.CONSUMER.DELETE.POPPLE_REQUESTS.svc'],
      ['make or change its own consumer', '$JS.API.CONSUMER.CREATE.POPPLE_EVENTS.bot'],
      ['remove its own consumer', '$JS.API.CONSUMER.DELETE.POPPLE_EVENTS.bot'],
      ['make a consumer on a bucket', '$JS.API.CONSUMER.CREATE.KV_POPPLE_LEASES'],
      ['make a stream', '$JS.API.STREAM.CREATE.MINE'],
      ['make a stream in the shape of a bucket', '$JS.API.STREAM.CREATE.KV_POPPLE_MINE'],
      ['change a stream', '$JS.API.STREAM.UPDATE.POPPLE_EVENTS'],
      ['change a bucket', '$JS.API.STREAM.UPDATE.KV_POPPLE_ANSWERS'],
      ['empty a stream', '$JS.API.STREAM.PURGE.POPPLE_EVENTS'],
      ['remove a stream', '$JS.API.STREAM.DELETE.POPPLE_EVENTS'],
      ['remove an event', '$JS.API.STREAM.MSG.DELETE.POPPLE_EVENTS'],
      ['take a copy of a stream', '$JS.API.STREAM.SNAPSHOT.POPPLE_REQUESTS'],
      ['ask the system', '$SYS.REQ.SERVER.PING'],
      ['ask the system about its account', '$SYS.REQ.ACCOUNT.PING.CONNZ'],
    ])('cannot %s', async (_what, subject) => {
      expect(await ask('bot', subject, '{}')).toBe('refused');
    });

    test.each([
      'popple.request.>',
      'popple.event.>',
      'popple.query.>',
      'popple.query.find-subjects',
      '$SRV.>',
      'popple.dead.>',
      '_INBOX.>',
      '_INBOX.*.*',
      '_INBOX.popple-svc.>',
      '$JS.>',
      '$KV.>',
      '_R_.>',
      '>',
    ])('cannot listen to %s', async (subject) => {
      expect(await subscribe('bot', subject)).toBe('refused');
    });
  });

  describe('svc', () => {
    test('publishes events, and dead letters of requests', async () => {
      expect(await ask('svc', 'popple.event.karma-changed.2', '{}')).toBe('answered');
      expect(await ask('svc', 'popple.dead.request.not-json.1-2', '{}')).toBe('answered');
    });

    test('reads and acks requests through its durable consumer', async () => {
      await jetStream('bot').publish('popple.request.check-karma.1', 'hello');
      const consumer = await jetStream('svc').consumers.get('POPPLE_REQUESTS', 'svc');
      for (;;) {
        const message = await consumer.next({ expires: 5_000 });
        expect(message).not.toBeNull();
        expect(await message?.ackAck()).toBe(true);
        if (message?.subject === 'popple.request.check-karma.1') break;
      }
    });

    test('serves queries of the bot and of the operator, beside other workers', async () => {
      const workers = await Promise.all(['one', 'other'].map(() => server.connect('svc')));
      const served = workers.map((worker) => {
        const queries: string[] = [];
        worker.subscribe('popple.query.find-subjects', {
          queue: 'svc',
          callback: (_error, message) => {
            queries.push(message.string());
            message.respond(message.string());
          },
        });
        return queries;
      });
      await Promise.all(workers.map((worker) => worker.flush()));
      for (const user of ['bot', 'operator'] as const) {
        const request = connections[user].request('popple.query.find-subjects', user, {
          timeout: ANSWER_DEADLINE_MS,
        });
        expect((await request).string()).toBe(user);
      }
      expect(served.flat().sort()).toEqual(['bot', 'operator']);
      await Promise.all(workers.map((worker) => worker.close()));
    });

    test.each([
      ['publish requests', 'popple.request.change-karma.1'],
      ['ask queries', 'popple.query.find-subjects'],
      ['publish dead letters of events', 'popple.dead.event.not-json.1-2'],
      ["take events as the bot's consumer does", '$JS.API.CONSUMER.MSG.NEXT.POPPLE_EVENTS.bot'],
      ['look into the stream of events', '$JS.API.STREAM.MSG.GET.POPPLE_EVENTS'],
      ['make another consumer on requests', '$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS.mine'],
      ['make a consumer on events', '$JS.API.CONSUMER.CREATE.POPPLE_EVENTS.mine'],
      ['make or change its own consumer', '$JS.API.CONSUMER.CREATE.POPPLE_REQUESTS.svc'],
      ['remove its own consumer', '$JS.API.CONSUMER.DELETE.POPPLE_REQUESTS.svc'],
      ['ask bots what they ask each other', 'popple.bot.alive.1'],
      ["read the bot's sessions", '$JS.API.DIRECT.GET.KV_POPPLE_GATEWAY.$KV.POPPLE_GATEWAY.a.b'],
      ["write the bot's leases", '$KV.POPPLE_LEASES.a'],
      [
        'read the tokens of interactions',
        '$JS.API.DIRECT.GET.KV_POPPLE_INTERACTIONS.$KV.POPPLE_INTERACTIONS.token.1',
      ],
      ['make a stream', '$JS.API.STREAM.CREATE.MINE'],
      ['change a stream', '$JS.API.STREAM.UPDATE.POPPLE_REQUESTS'],
      ['empty a stream', '$JS.API.STREAM.PURGE.POPPLE_REQUESTS'],
      ['remove a stream', '$JS.API.STREAM.DELETE.POPPLE_REQUESTS'],
    ])('cannot %s', async (_what, subject) => {
      expect(await ask('svc', subject, '{}')).toBe('refused');
    });

    test.each([
      'popple.request.>',
      'popple.event.>',
      '_INBOX.>',
      '_INBOX.*.*',
      '_INBOX.popple-bot.>',
      'popple.bot.>',
      '$JS.>',
      '$KV.>',
      '_R_.>',
      '>',
    ])('cannot listen to %s', async (subject) => {
      expect(await subscribe('svc', subject)).toBe('refused');
    });
  });

  test('the operator may do all of it', async () => {
    const manager = await connections.operator.jetstreamManager();
    await manager.streams.add({ name: 'TEMPORARY', subjects: ['temporary'] });
    expect(await manager.streams.delete('TEMPORARY')).toBe(true);
    expect(await subscribe('operator', '_INBOX.>')).toBe('allowed');
  });
});
