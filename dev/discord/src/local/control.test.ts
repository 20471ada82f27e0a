import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { Routes } from 'discord-api-types/v10';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';
import { ControlError, LocalDiscordControl } from './control-client';

const stage = new Stage();
afterEach(() => stage.clear());

test('another process can speak, look and change the world', async () => {
  const discord = await stage.discord();
  const control = new LocalDiscordControl(discord.url);
  const { authorId } = firstPlace(discord);
  const guild = await control.do({ do: 'add-guild', name: 'Elsewhere' });
  const channel = await control.do({ do: 'add-channel', guildId: guild.id, name: 'talk' });
  const member = await control.do({ do: 'add-member', name: 'Beep', bot: true });
  const client = await stage.connected(discord);

  const first = await control.do({
    do: 'say',
    message: { channelId: channel.id, authorId, content: `<@${member.id}>++` },
  });
  expect(first).toMatchObject({ guildId: guild.id, mentions: [member.id], bot: false });
  const many = ['b', 'c', 'd'].map((content) => ({ channelId: channel.id, authorId: member.id, content }));
  const { ids } = await control.do({ do: 'say-many', messages: many });
  await until(() => client.heard().length === 4);
  expect(client.heard().map((message) => message.id)).toEqual([first.id, ...ids]);

  await restFor(discord).post(Routes.channelMessages(channel.id), { body: { content: 'e', nonce: '5' } });
  const found = await control.do({ do: 'messages', channelId: channel.id, after: ids[1], limit: 10 });
  expect(found.map((message) => [message.content, message.nonce])).toEqual([
    ['d', null],
    ['e', '5'],
  ]);
  await control.do({ do: 'deny', channelId: channel.id, permissions: ['SendMessages'] });
  expect(discord.world.channel(channel.id)?.denied).toEqual(['SendMessages']);
  await control.do({ do: 'remove-guild', guildId: guild.id });
  expect(discord.world.guild(guild.id)).toBeUndefined();
});

test('another process can have everything go wrong', async () => {
  const discord = await stage.discord({ ...QUICK, heartbeatIntervalMs: 400 });
  const control = new LocalDiscordControl(discord.url);
  const client = await stage.connected(discord);
  const back = async (times: number) => {
    await until(
      () => client.readyCount.ready + client.readyCount.resumed === times,
      `coming back ${times} times`,
    );
  };
  const target = client.sessions.get(0)?.sessionId ?? '';
  await control.do({ do: 'close', target, code: 4000 });
  await back(2);
  await control.do({ do: 'drop-connections' });
  await back(3);
  await control.do({ do: 'reconnect' });
  await back(4);
  await control.do({ do: 'invalid-session', resumable: true });
  await back(5);
  await control.do({ do: 'silence' });
  await back(6);
  await control.do({ do: 'refuse-resume' });
  await control.do({ do: 'reconnect' });
  await back(7);
  await control.do({ do: 'forget-sessions' });
  await control.do({ do: 'refuse-connections', times: 1 });
  await control.do({ do: 'reconnect' });
  await back(8);
  expect(client.readyCount).toEqual({ ready: 3, resumed: 5 });

  await control.do({ do: 'rest-fault', fault: { match: '^GET /users', status: 500, times: 3 } });
  await restFor(discord).get(Routes.user('@me'));
  await control.do({ do: 'rest-fault', fault: { status: 404, times: 100 } });
  await control.do({ do: 'clear-faults' });
  await restFor(discord).get(Routes.user('@me'));

  const records = await control.records();
  expect(records.identifies).toHaveLength(3);
  expect(records.resumes.filter((resume) => resume.outcome === 'resumed')).toHaveLength(5);
  expect(records.requests.filter(({ path }) => path === '/users/@me').map(({ status }) => status)).toEqual([
    500, 500, 500, 200, 200,
  ]);
  expect(records.counts.identifies).toBe(3);
  expect(records.sessions.filter((session) => session.connected)).toHaveLength(1);
  await control.clearRecords();
  expect((await control.records()).counts).toEqual({
    identifies: 0,
    resumes: 0,
    requests: 0,
    invalidRequests: 0,
    globallyLimited: 0,
    dispatches: 0,
  });
});

test('settings can be changed while it runs, and only those that are given', async () => {
  const discord = await stage.discord({ latencyMs: 7 });
  const control = new LocalDiscordControl(discord.url);
  await control.do({ do: 'settings', change: { rateLimits: 'off', maxConcurrency: 16 } });
  expect(discord.settings).toMatchObject({
    latencyMs: 7,
    rateLimits: 'off',
    maxConcurrency: 16,
    token: 'local',
  });
  expect(discord.settings.identifyIntervalMs).toBe(5000);
});

test('a command that is wrong is refused with what is wrong about it', async () => {
  const discord = await stage.discord();
  const control = new LocalDiscordControl(discord.url);
  const refused = [
    control.do({ do: 'say', message: { channelId: '1', authorId: '2', content: 'x' } }),
    control.do({ do: 'messages', channelId: '1' }),
    control.do({ do: 'close', code: 42 }),
    control.do({ do: 'rest-fault', fault: { match: '(' } }),
    control.do({ do: 'settings', change: { latencyMs: -1 } }),
  ];
  const outcomes = await Promise.allSettled(refused);
  const statuses = outcomes.map((outcome) =>
    outcome.status === 'rejected' && outcome.reason instanceof ControlError ? outcome.reason.status : null,
  );
  expect(statuses).toEqual([404, 404, 400, 400, 400]);
});
