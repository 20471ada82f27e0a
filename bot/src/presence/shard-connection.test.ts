import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { SessionInfo } from '@discordjs/ws';
import { type LocalDiscord, startLocalDiscord } from '@popple/dev/discord/local-discord';
import { freePort } from '@popple/dev/embedded/free-port';
import { silentLog } from '@popple/shared/observability/log';
import { openRest } from '../discord-api';
import { ShardConnection } from './shard-connection';

let discord: LocalDiscord;
let connection: ShardConnection;
const failures: unknown[] = [];

beforeEach(async () => {
  discord = await startLocalDiscord({ rateLimits: 'off' });
  failures.length = 0;
});
afterEach(async () => {
  await connection.leave();
  await discord.stop();
  expect(failures).toEqual([]);
});

function open(session: SessionInfo | null, unreachablePatienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    connection = new ShardConnection({
      runner: {
        signal: new AbortController().signal,
        log: silentLog(),
        defer: () => undefined,
        fail: (error) => failures.push(error),
      },
      rest: openRest(discord.apiUrl, discord.token),
      token: discord.token,
      slot: { shard: 0, shardCount: 1, replica: 0 },
      throttler: { waitForIdentify: () => Promise.resolve() },
      session,
      unreachablePatienceMs,
      onReady: () => resolve(),
      onDispatch: () => undefined,
    });
    connection.enter();
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
  await connection.leave();
  expect(connection.session?.sessionId).toBe(sessionId as string);
});
