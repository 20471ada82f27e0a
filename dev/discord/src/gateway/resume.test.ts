import { afterEach, expect, test } from 'bun:test';
import type { SessionInfo } from '@discordjs/ws';
import { until } from '@popple/testing/until';
import { GatewayCloseCodes, GatewayDispatchEvents } from 'discord-api-types/v10';
import { firstPlace, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

test('another client resumes the session and hears what was missed, in order and once', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const say = (contents: string[]) => {
    for (const content of contents) discord.world.say({ channelId, authorId, content });
  };
  const sessions = new Map<number, SessionInfo>();
  const first = await stage.connected(discord, { sessions });
  say(numbers(0, 10));
  await until(() => first.heard().length === 10);
  await stage.leave(first);
  say(numbers(10, 500));

  const second = await stage.connected(discord, { sessions });
  say(numbers(500, 510));
  await until(() => second.heard().length === 500);
  expect(second.contents()).toEqual(numbers(10, 510));
  expect(second.readyCount).toEqual({ ready: 0, resumed: 1 });
  expect(discord.records.identifies).toHaveLength(1);
  expect(discord.records.resumes).toMatchObject([{ outcome: 'resumed', replayed: 490 }]);

  const sequences = [...first.dispatches, ...second.dispatches].map((payload) => payload.s);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
});

test('an older sequence is replayed from there: what was heard but not kept is heard again', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const sessions = new Map<number, SessionInfo>();
  const first = await stage.connected(discord, { sessions });
  for (const content of numbers(0, 6)) discord.world.say({ channelId, authorId, content });
  await until(() => first.heard().length === 6);
  await stage.leave(first);
  const session = sessions.get(0);
  if (session) sessions.set(0, { ...session, sequence: session.sequence - 4 });

  const second = await stage.connected(discord, { sessions });
  await until(() => second.heard().length === 4);
  expect(second.contents()).toEqual(numbers(2, 6));
});

test('a normal close ends the session', async () => {
  const discord = await stage.discord();
  const first = await stage.connected(discord);
  const ended = new Map(first.sessions);
  await first.manager.destroy();
  const second = await stage.connected(discord, { sessions: ended });
  expect(second.readyCount).toEqual({ ready: 1, resumed: 0 });
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual(['invalid-session']);
});

test('a session is forgotten when nobody comes back for it', async () => {
  const discord = await stage.discord({ ...QUICK, sessionKeptMs: 50 });
  const sessions = new Map<number, SessionInfo>();
  await stage.leave(await stage.connected(discord, { sessions }));
  await Bun.sleep(100);
  await stage.connected(discord, { sessions });
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual(['invalid-session']);
  expect(discord.records.identifies).toHaveLength(2);
});

test('a session that missed more than is kept cannot be resumed', async () => {
  const discord = await stage.discord({ ...QUICK, replayLimit: 10 });
  const { channelId, authorId } = firstPlace(discord);
  const sessions = new Map<number, SessionInfo>();
  await stage.leave(await stage.connected(discord, { sessions }));
  for (const content of numbers(0, 11)) discord.world.say({ channelId, authorId, content });
  const second = await stage.connected(discord, { sessions });
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual(['invalid-session']);
  expect(second.readyCount.ready).toBe(1);
});

test('a sequence from the future is refused with 4007, and the client starts anew', async () => {
  const discord = await stage.discord();
  const sessions = new Map<number, SessionInfo>();
  await stage.leave(await stage.connected(discord, { sessions }));
  const session = sessions.get(0);
  if (session) sessions.set(0, { ...session, sequence: 1000 });
  const second = stage.client(discord, { sessions });
  await second.manager.connect();
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual([GatewayCloseCodes.InvalidSeq]);
  expect(second.readyCount.ready).toBe(1);
});

test('a client that takes a session over replaces the one that still has it', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const sessions = new Map<number, SessionInfo>();
  const first = await stage.connected(discord, { sessions });
  // It is not to fight for the session once it was replaced.
  first.manager.on('closed', () => void first.manager.destroy());
  const second = await stage.connected(discord, { sessions: new Map(sessions) });
  expect(second.readyCount).toEqual({ ready: 0, resumed: 1 });
  await until(() => first.closeCodes.length > 0);
  discord.world.say({ channelId, authorId, content: 'for the second' });
  await until(() => second.heard().length === 1);
  expect(first.heard()).toHaveLength(0);
  expect(second.of(GatewayDispatchEvents.Resumed)).toHaveLength(1);
});

test('a refused resume ends the session, also where it is still connected', async () => {
  const discord = await stage.discord();
  const sessions = new Map<number, SessionInfo>();
  const first = await stage.connected(discord, { sessions });
  discord.faults.gateway.refuseResume();
  await stage.connected(discord, { sessions: new Map(sessions) });
  await until(() => first.closeCodes.length === 1, 'the first client is disconnected');
  await until(() => first.readyCount.ready === 2, 'the first client has a session of its own');
  expect(discord.sessions().filter(({ connected }) => connected)).toHaveLength(2);
});
