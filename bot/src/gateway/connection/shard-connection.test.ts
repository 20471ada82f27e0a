import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { SessionInfo } from '@discordjs/ws';
import { freePort } from '@popple/embedded/free-port';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import { changeSettings } from '@popple/local-discord/settings';
import { silentLog } from '@popple/shared/observability/log';
import { until } from '@popple/testing/until';
import { openRest } from '../../discord-api';
import { GatewayInformation } from './gateway-information';
import { IdentifyBudget } from './identify-budget';
import { ShardConnection } from './shard-connection';

let discord: LocalDiscord;
let connection: ShardConnection;
const failures: unknown[] = [];

beforeEach(async () => {
  discord = await startLocalDiscord({ rateLimits: 'off' });
  failures.length = 0;
});
afterEach(async () => {
  await connection.disconnect();
  await discord.stop();
  expect(failures).toEqual([]);
});

async function open(session: SessionInfo | null, unreachablePatienceMs: number): Promise<void> {
  const runner = {
    signal: new AbortController().signal,
    log: silentLog(),
    defer: () => undefined,
    fail: (error: unknown) => failures.push(error),
  };
  const rest = openRest(discord.apiUrl, discord.token);
  const information = new GatewayInformation({ rest, apiUrl: discord.apiUrl, runner });
  const gateway = await information.ask();
  await new Promise<void>((resolve) => {
    connection = new ShardConnection({
      runner,
      budget: new IdentifyBudget(information, runner.log),
      gateway,
      token: discord.token,
      slot: { shard: 0, shardCount: 1, replica: 0 },
      throttler: { waitForIdentify: () => Promise.resolve() },
      session,
      unreachablePatienceMs,
      onReady: () => resolve(),
      onDispatch: () => undefined,
    });
    connection.connect();
  });
}

const sessionAt = (resumeURL: string): SessionInfo => ({
  sessionId: 'gone',
  resumeURL,
  sequence: 3,
  shardId: 0,
  shardCount: 1,
});

test('an address to resume at that is gone for good is given up in the end', async () => {
  await open(sessionAt(`ws://127.0.0.1:${await freePort()}`), 700);
  expect(discord.records.identifies.map(({ outcome }) => outcome)).toEqual(['ready']);
});

test('a session that Discord does not know is followed by a new one', async () => {
  await open(sessionAt(`${discord.url.replace('http', 'ws')}/gateway`), 60_000);
  expect(discord.records.resumes.map(({ outcome }) => outcome)).toEqual(['invalid-session']);
  expect(connection.session?.sessionId).not.toBe('gone');
});

test('leaving keeps the session for who comes next', async () => {
  await open(null, 60_000);
  const { sessionId } = connection.session ?? {};
  await connection.disconnect();
  expect(connection.session?.sessionId).toBe(sessionId as string);
});

describe('leaving leaves nothing behind', () => {
  const connected = () => discord.connections;
  /** Longer than the library's pause before it connects again. */
  const reconnectingWouldShow = () => Bun.sleep(1_500);

  test('in the pause before connecting again', async () => {
    await open(null, 60_000);
    discord.faults.gateway.dropConnections();
    await until(() => connected() === 0, 'the connection is lost');
    await Bun.sleep(100);
    await connection.disconnect();
    await reconnectingWouldShow();
    expect(connected()).toBe(0);
    expect(discord.records.resumes).toEqual([]);
    connection.connect();
    await until(() => connection.problem() === undefined, 'it is resumed');
    expect(discord.records.resumes.map(({ outcome }) => outcome)).toEqual(['resumed']);
    expect(connected()).toBe(1);
  });

  test('while Discord has not greeted', async () => {
    changeSettings(discord.settings, { latencyMs: 2_000 });
    void open(null, 60_000);
    await until(() => connected() === 1, 'it is connected');
    await connection.disconnect();
    await reconnectingWouldShow();
    expect(connected()).toBe(0);
  });

  test('while it waits for READY', async () => {
    void open(null, 60_000);
    await until(() => connected() === 1, 'it is connected');
    changeSettings(discord.settings, { latencyMs: 4_000 });
    await until(() => discord.records.identifies.length === 1, 'it has identified');
    await connection.disconnect();
    await reconnectingWouldShow();
    expect(connected()).toBe(0);
    expect(discord.records.identifies).toHaveLength(1);
  });
});

test('a Discord that answers slowly is identified at all the same', async () => {
  changeSettings(discord.settings, { latencyMs: 2_000 });
  await open(null, 60_000);
  expect(discord.records.identifies.map(({ outcome }) => outcome)).toEqual(['ready']);
});
