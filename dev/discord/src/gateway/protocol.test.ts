import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { CHAT_INTENTS, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await stage.clear();
});

interface Frame {
  readonly op: number;
  readonly d: unknown;
  readonly t?: string;
}

/** A client that says what no library would. */
class RawClient {
  readonly frames: Frame[] = [];
  closeCode: number | null = null;
  readonly #socket: WebSocket;

  constructor(discord: LocalDiscord, query = 'v=10&encoding=json') {
    this.#socket = new WebSocket(`${discord.url.replace('http', 'ws')}/gateway?${query}`);
    sockets.push(this.#socket);
    this.#socket.onmessage = ({ data }) => void this.frames.push(JSON.parse(String(data)));
    this.#socket.onclose = ({ code }) => {
      this.closeCode = code;
    };
    this.#socket.onerror = () => undefined;
  }

  async send(value: unknown): Promise<void> {
    await until(() => this.frames.length > 0 || this.closeCode !== null, 'HELLO');
    this.#socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }

  async closed(): Promise<number | null> {
    await until(() => this.closeCode !== null, 'being closed');
    return this.closeCode;
  }

  async heard(op: number): Promise<Frame> {
    await until(() => this.frames.some((frame) => frame.op === op) || this.closeCode !== null, `op ${op}`);
    const frame = this.frames.find((candidate) => candidate.op === op);
    if (!frame) throw new Error(`closed with ${this.closeCode} instead of op ${op}`);
    return frame;
  }
}

function identify(changes: object = {}) {
  const properties = { os: 'linux', browser: 'test', device: 'test' };
  return {
    op: GatewayOpcodes.Identify,
    d: { token: 'local', properties, intents: CHAT_INTENTS, ...changes },
  };
}

const closes: [name: string, frames: unknown[], code: GatewayCloseCodes][] = [
  ['text that is not JSON', ['{'], GatewayCloseCodes.DecodeError],
  ['a payload without an opcode', [{ d: null }], GatewayCloseCodes.DecodeError],
  ['a payload of more than 4,096 bytes', [identify({ x: 'x'.repeat(5000) })], GatewayCloseCodes.DecodeError],
  ['an IDENTIFY without its fields', [{ op: 2, d: {} }], GatewayCloseCodes.DecodeError],
  ['an unknown opcode', [{ op: 99, d: null }], GatewayCloseCodes.UnknownOpcode],
  ['a presence before identifying', [{ op: 3, d: {} }], GatewayCloseCodes.NotAuthenticated],
  ['a wrong token', [identify({ token: 'wrong' })], GatewayCloseCodes.AuthenticationFailed],
  ['a second IDENTIFY', [identify(), identify()], GatewayCloseCodes.AlreadyAuthenticated],
  ['an unknown intent', [identify({ intents: 2 ** 30 })], GatewayCloseCodes.InvalidIntents],
  [
    'a privileged intent that is not switched on',
    [identify({ intents: GatewayIntentBits.GuildMembers })],
    GatewayCloseCodes.DisallowedIntents,
  ],
  ['a shard beyond the count', [identify({ shard: [2, 2] })], GatewayCloseCodes.InvalidShard],
  [
    'a RESUME with a wrong token',
    [{ op: 6, d: { token: 'wrong', session_id: 'x', seq: 1 } }],
    GatewayCloseCodes.AuthenticationFailed,
  ],
];

test.each(closes)('%s closes the connection', async (_name, frames, code) => {
  const client = new RawClient(await stage.discord());
  for (const frame of frames) await client.send(frame);
  expect(await client.closed()).toBe(code);
});

test('the Message Content intent is refused when it is switched off', async () => {
  const client = new RawClient(await stage.discord({ ...QUICK, privilegedIntents: 0 }));
  await client.send(identify());
  expect(await client.closed()).toBe(GatewayCloseCodes.DisallowedIntents);
});

test('too many guilds for one shard require sharding', async () => {
  const discord = await stage.discord({ ...QUICK, maxGuildsPerShard: 1 });
  const client = new RawClient(discord);
  await client.send(identify());
  expect(await client.closed()).toBe(GatewayCloseCodes.ShardingRequired);
  const sharded = new RawClient(discord);
  await sharded.send(identify({ shard: [0, 2] }));
  expect(await sharded.heard(GatewayOpcodes.Dispatch)).toMatchObject({ t: 'READY', d: { shard: [0, 2] } });
});

test('another API version is refused', async () => {
  const client = new RawClient(await stage.discord(), 'v=8&encoding=json');
  expect(await client.closed()).toBe(GatewayCloseCodes.InvalidAPIVersion);
});

test('compression is not taken up: everything comes as text', async () => {
  const client = new RawClient(await stage.discord(), 'v=10&encoding=json&compress=zlib-stream');
  expect(await client.heard(GatewayOpcodes.Hello)).toMatchObject({ d: { heartbeat_interval: 41_250 } });
});

test('another encoding than JSON is refused', async () => {
  const discord = await stage.discord();
  const response = await fetch(`${discord.url}/gateway?v=10&encoding=etf`);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('encoding=json');
});

test('heartbeats are acknowledged, also before identifying', async () => {
  const client = new RawClient(await stage.discord());
  await client.send({ op: GatewayOpcodes.Heartbeat, d: null });
  await client.heard(GatewayOpcodes.HeartbeatAck);
});

test('more than 120 commands a minute close the connection', async () => {
  const client = new RawClient(await stage.discord());
  await client.send(identify());
  for (let n = 0; n < 120; n++) await client.send({ op: GatewayOpcodes.Heartbeat, d: n });
  expect(await client.closed()).toBe(GatewayCloseCodes.RateLimited);
});

test('an IDENTIFY too soon after another is answered with op 9, and may be sent again on that connection', async () => {
  const discord = await stage.discord({ rateLimits: 'off' });
  const first = new RawClient(discord);
  await first.send(identify());
  await first.heard(GatewayOpcodes.Dispatch);
  const second = new RawClient(discord);
  await second.send(identify());
  expect(await second.heard(GatewayOpcodes.InvalidSession)).toMatchObject({ d: false });
  discord.settings.identifyIntervalMs = 0;
  await second.send(identify());
  await second.heard(GatewayOpcodes.Dispatch);
  expect(discord.records.identifies.map((record) => record.outcome)).toEqual([
    'ready',
    'rate-limited',
    'ready',
  ]);
});

test('the identify limit is kept apart for each shard_id % max_concurrency', async () => {
  const discord = await stage.discord({ rateLimits: 'off', maxConcurrency: 2 });
  for (const shardId of [0, 1, 2]) {
    const client = new RawClient(discord);
    await client.send(identify({ shard: [shardId, 4] }));
    await client.heard(shardId === 2 ? GatewayOpcodes.InvalidSession : GatewayOpcodes.Dispatch);
  }
  expect(discord.records.identifies.map((record) => record.outcome)).toEqual([
    'ready',
    'ready',
    'rate-limited',
  ]);
});

test('session starts are counted per day', async () => {
  const discord = await stage.discord({ ...QUICK, sessionStartsPerDay: 2 });
  for (const _ of [1, 2]) {
    const client = new RawClient(discord);
    await client.send(identify());
    await client.heard(GatewayOpcodes.Dispatch);
  }
  const response = await fetch(`${discord.apiUrl}/v10/gateway/bot`, {
    headers: { authorization: 'Bot local' },
  });
  expect(await response.json()).toMatchObject({
    shards: 1,
    session_start_limit: { total: 2, remaining: 0, max_concurrency: 1 },
  });
  const third = new RawClient(discord);
  await third.send(identify());
  expect(await third.closed()).toBe(GatewayCloseCodes.AuthenticationFailed);
});
