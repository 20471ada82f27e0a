import { afterEach, describe, expect, test } from 'bun:test';
import type { Outcome } from '@popple/local-discord/interaction-contract';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { STREAMS } from '@popple/shared/messaging/topology';
import { type CrashPoint, crashAt } from '@popple/shared/process/crash-point';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { connect, type NatsConnection } from 'nats';
import { type Members, membersOf } from './testing/member';

/* What Discord acknowledged counts once and gets its words; what it did not acknowledge never counts. */

const UNANSWERED = '';

let popple: TestPopple;
let members: Members;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
  members = membersOf(popple);
  if (popple.bots.length > 0) await members.ready();
}

const giveTea = () => members.slash('thing', { what: 'tea', change: 1 });
const announced = () => members.announcements().filter((one) => one.includes('tea has'));

/** How much karma tea has, as the next command shows it. */
async function tea(): Promise<string> {
  return await members.words(await members.slash('show', { what: 'tea' }));
}

async function withNats<Result>(work: (connection: NatsConnection) => Promise<Result>): Promise<Result> {
  const connection = await connect({ servers: popple.nats.url });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The keys of interactions that are pending. */
const pending = () =>
  withNats(async (connection) => {
    const bucket = await connection.jetstream().views.kv(BUCKETS.interactions);
    const keys: string[] = [];
    for await (const key of await bucket.keys('pending.>')) keys.push(key);
    return keys;
  });

/** Everything in the streams of requests, events and dead letters. */
const streamTexts = () =>
  withNats(async (connection) => {
    const manager = await connection.jetstreamManager();
    const texts: string[] = [];
    for (const stream of Object.values(STREAMS)) {
      const { first_seq, last_seq } = (await manager.streams.info(stream)).state;
      for (let seq = Math.max(1, first_seq); seq <= last_seq; seq += 1)
        texts.push((await manager.streams.getMessage(stream, { seq })).string());
    }
    expect(texts.length).toBeGreaterThan(0);
    return texts;
  });

/** Uses the command while the bot dies at a point, and has another bot take its place; the dead one's gateway session is over. */
async function killedAt(point: CrashPoint, session: 'over' | 'resumed'): Promise<Outcome> {
  await start({
    bots: 0,
    discord: { ...(session === 'over' ? { sessionKeptMs: 0 } : {}), identifyIntervalMs: 0 },
  });
  const dying = await popple.startBot({ POPPLE_CRASH_AT: crashAt(point, 1) });
  await members.ready();
  const outcome = await giveTea();
  expect(await dying.exited).toMatchObject({ signal: 'SIGKILL' });
  await popple.startBot();
  return outcome;
}

describe('a bot that is killed', () => {
  for (const session of ['over', 'resumed'] as const) {
    test(`after Discord acknowledged, before the request is published: it counts once (session ${session})`, async () => {
      const outcome = await killedAt('bot:after-callback', session);
      expect(await members.words(outcome)).toBe('tea has 1 karma.');
      await popple.until('it is announced', () => announced().length > 0);
      expect(await tea()).toBe('tea has 1 karma.');
      expect(announced()).toHaveLength(1);
    });
  }

  test('before the callback: the member saw that it failed, and it never counts', async () => {
    const outcome = await killedAt('bot:before-callback', 'resumed');
    expect(outcome.kind).toBe('failed');
    await popple.until('no request is pending', async () => (await pending()).length === 0);
    expect(await tea()).toBe('tea has 0 karma.');
    expect(announced()).toEqual([]);
  });

  test('after the request is published: it counts once', async () => {
    const outcome = await killedAt('bot:after-interaction-stored', 'over');
    expect(await members.words(outcome)).toBe('tea has 1 karma.');
    await popple.until('no request is pending', async () => (await pending()).length === 0);
    expect(await tea()).toBe('tea has 1 karma.');
    expect(announced()).toHaveLength(1);
  });

  for (const point of ['bot:after-response', 'bot:after-discord-200'] as const) {
    test(`while it replies (${point}): one reply, one announcement`, async () => {
      const outcome = await killedAt(point, 'resumed');
      expect(await members.words(outcome)).toBe('tea has 1 karma.');
      await popple.until('it is announced', () => announced().length > 0);
      expect(await tea()).toBe('tea has 1 karma.');
      expect(announced()).toHaveLength(1);
    });
  }
});

describe('a callback', () => {
  test('that took effect and was never confirmed counts', async () => {
    await start();
    popple.discord.faults.rest({ match: '/callback$', drop: 'after-handling' });
    expect(await members.words(await giveTea())).toBe('tea has 1 karma.');
    expect(await tea()).toBe('tea has 1 karma.');
  });

  test('that took effect too late to be confirmed in time counts', async () => {
    await start();
    popple.discord.faults.rest({ match: '/callback$', delayAfterMs: 8_000, times: 5 });
    expect(await members.words(await giveTea())).toBe('tea has 1 karma.');
    popple.discord.faults.clear();
    expect(await tea()).toBe('tea has 1 karma.');
  });

  test('that Discord had from another process (40060) counts once', async () => {
    await start();
    popple.discord.faults.interactions.add('answered-before');
    expect(await members.words(await giveTea())).toBe('tea has 1 karma.');
    expect(await tea()).toBe('tea has 1 karma.');
  });

  test('that comes too late (10062) never counts, and the bot goes on', async () => {
    await start();
    popple.discord.faults.interactions.add('too-late');
    expect((await giveTea()).kind).toBe('failed');
    expect(await tea()).toBe('tea has 0 karma.');
    expect(popple.bots[0]?.output()).not.toContain('"level":50');
  });

  test('that is tried again after a failure of Discord counts', async () => {
    await start();
    popple.discord.faults.rest({ match: '/callback$', status: 503, times: 2 });
    expect(await members.words(await giveTea())).toBe('tea has 1 karma.');
  });
});

test('a token that is dead costs the words alone, and not the bot', async () => {
  await start();
  popple.discord.faults.interactions.add('token-expires');
  const outcome = await giveTea();
  await popple.until('it is announced', () => announced().length > 0);
  expect(members.response(outcome)?.content).toBe(UNANSWERED);
  expect(await tea()).toBe('tea has 1 karma.');
  expect(await popple.reply(popple.say('tea++'))).toBe('tea has 2 karma.');
});

test('a reply waits while Discord is not well', async () => {
  await start();
  popple.discord.faults.rest({ match: '^PATCH /webhooks/', status: 500, times: 2 });
  expect(await members.words(await giveTea())).toBe('tea has 1 karma.');
});

test('while NATS is away the member is told, and nothing counts later', async () => {
  await start();
  await popple.nats.freeze();
  const words = await members.words(await giveTea());
  expect(words).toStartWith('I cannot reach what keeps the score right now');
  popple.nats.resume();
  await popple.until('no request is pending', async () => (await pending()).length === 0);
  expect(await tea()).toBe('tea has 0 karma.');
  expect(announced()).toEqual([]);
});

test('no token is in a stream, in the log or in the metrics', async () => {
  await start();
  await members.words(await giveTea());
  const tokens = popple.discord.world.interactions.all().map(({ token }) => token);
  expect(tokens.length).toBeGreaterThan(0);
  const metrics = await fetch(`${popple.bots[0]?.url}/metrics`).then((response) => response.text());
  const texts = [popple.bots[0]?.output() ?? '', metrics, ...(await streamTexts())];
  for (const token of tokens) for (const text of texts) expect(text).not.toContain(token);
});

test('two bots that read the same shard count an interaction once, and killing one loses none', async () => {
  await start({ bots: 0, botEnvironment: { SHARD_REPLICAS: '2' } });
  await popple.startBot();
  await popple.startBot();
  await members.ready();
  const outcomes: Promise<Outcome>[] = [];
  for (let index = 0; index < 40; index += 1) {
    outcomes.push(giveTea());
    if (index === 20) popple.bots[0]?.kill('SIGKILL');
    await Bun.sleep(25);
  }
  const acknowledged = (await Promise.all(outcomes)).filter(({ kind }) => kind === 'replied');
  expect(acknowledged).toHaveLength(40);
  for (const outcome of acknowledged) expect(await members.words(outcome)).toStartWith('tea has ');
  expect(await tea()).toBe('tea has 40 karma.');
  await popple.until('each is announced', () => announced().length >= 40);
  expect(new Set(announced()).size).toBe(40);
  expect(announced()).toHaveLength(40);
});
