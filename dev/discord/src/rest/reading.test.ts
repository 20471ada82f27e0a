import { afterEach, expect, test } from 'bun:test';
import { type APIChannel, ChannelType, RESTJSONErrorCodes, Routes } from 'discord-api-types/v10';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';
import { history, post, refusal } from '../testing/rest-requests';

const stage = new Stage();
afterEach(() => stage.clear());

test('the bot finds itself and the gateway', async () => {
  const discord = await stage.discord();
  const rest = restFor(discord);
  expect(await rest.get(Routes.user('@me'))).toMatchObject({ username: 'Popple', bot: true });
  expect(await rest.get(Routes.currentApplication())).toMatchObject({ id: discord.world.botId });
  const url = `ws://127.0.0.1:${discord.port}/gateway`;
  expect(await rest.get(Routes.gatewayBot())).toMatchObject({ url, shards: 1 });
  const open = await fetch(`${discord.apiUrl}/gateway`);
  expect(await open.json()).toEqual({ url });
});

test('the gateway is given under the host one came by, so that a proxy in between stays in between', async () => {
  const discord = await stage.discord();
  const response = await fetch(`${discord.apiUrl}/gateway`, { headers: { host: 'localhost:1234' } });
  expect(await response.json()).toEqual({ url: 'ws://localhost:1234/gateway' });
});

test('without the right token nothing is answered', async () => {
  const discord = await stage.discord();
  expect(await refusal(restFor(discord, 'wrong').get(Routes.user('@me')))).toEqual({ status: 401, code: 0 });
});

test('what is unknown is not found', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const rest = restFor(discord);
  const unknown = '100000000000000000';
  const cases: [() => Promise<unknown>, number, number][] = [
    [() => rest.get(Routes.channel(unknown)), 404, RESTJSONErrorCodes.UnknownChannel],
    [() => rest.get(Routes.channelMessage(channelId, unknown)), 404, RESTJSONErrorCodes.UnknownMessage],
    [
      () => rest.put(Routes.channelMessageOwnReaction(channelId, unknown, '✅')),
      404,
      RESTJSONErrorCodes.UnknownMessage,
    ],
    [() => rest.get(Routes.guildChannels(unknown)), 404, RESTJSONErrorCodes.UnknownGuild],
    [() => rest.get('/nothing'), 404, 0],
    [() => rest.delete(Routes.user('@me')), 405, 0],
    [() => rest.get('/channels/abc'), 400, 50035],
  ];
  for (const [request, status, code] of cases) expect(await refusal(request())).toEqual({ status, code });
});

test('history comes in pages, newest first', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const ids = Array.from({ length: 120 }, (_, n) => {
    return discord.world.say({ channelId, authorId, content: String(n) }).id;
  });
  const at = (index: number) => ids[index] ?? '';
  const down = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, n) => String(from - n));
  expect(await history(discord, channelId, {})).toEqual(down(119, 70));
  expect(await history(discord, channelId, { limit: '100' })).toEqual(down(119, 20));
  expect(await history(discord, channelId, { before: at(10), limit: '3' })).toEqual(['9', '8', '7']);
  expect(await history(discord, channelId, { after: at(10), limit: '3' })).toEqual(['13', '12', '11']);
  expect(await history(discord, channelId, { after: '0', limit: '2' })).toEqual(['1', '0']);
  expect(await history(discord, channelId, { after: at(119) })).toEqual([]);
  expect(await history(discord, channelId, { around: at(50), limit: '5' })).toEqual(down(52, 48));
  for (const query of [{ limit: '101' }, { limit: '0' }, { after: 'x' }, { after: '1', before: '2' }]) {
    const request = restFor(discord).get(Routes.channelMessages(channelId), {
      query: new URLSearchParams(query),
    });
    expect(await refusal(request)).toEqual({ status: 400, code: 50035 });
  }
});

test('history says nothing that the bot may not read', async () => {
  const discord = await stage.discord({ ...QUICK, privilegedIntents: 0 });
  const { channelId, authorId } = firstPlace(discord);
  discord.world.say({ channelId, authorId, content: 'secret' });
  discord.world.say({ channelId, authorId, content: `<@${discord.world.botId}> hi` });
  expect(await history(discord, channelId, {})).toEqual([`<@${discord.world.botId}> hi`, '']);
});

test('channels, threads and direct messages can be looked up', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { guildId, channelId, authorId } = firstPlace(discord);
  const rest = restFor(discord);
  const forum = world.addChannel({ guildId, name: 'Ideas', kind: 'forum' });
  const postThread = world.addChannel({ guildId, name: 'An idea', kind: 'thread', parentId: forum.id });

  const channels = (await rest.get(Routes.guildChannels(guildId))) as APIChannel[];
  expect(channels.map((channel) => channel.type)).toEqual([0, 0, 0, 0, ChannelType.GuildForum]);
  expect(channels.at(-1)).toMatchObject({ name: 'ideas', last_message_id: postThread.id });
  expect(await rest.get(Routes.guildActiveThreads(guildId))).toMatchObject({
    threads: [{ id: postThread.id, parent_id: forum.id, type: ChannelType.PublicThread }],
  });
  expect(await rest.get(Routes.channel(channelId))).toMatchObject({ id: channelId, guild_id: guildId });
  expect(await refusal(post(discord, forum.id, { content: 'x' }))).toEqual({ status: 400, code: 50024 });
  await post(discord, postThread.id, { content: 'good idea' });

  const dm = (await rest.post(Routes.userChannels(), { body: { recipient_id: authorId } })) as APIChannel;
  expect(dm).toMatchObject({ type: ChannelType.DM, recipients: [{ id: authorId }] });
  expect(dm.id).toBe(world.dm(authorId).id);
  const toItself = rest.post(Routes.userChannels(), { body: { recipient_id: world.botId } });
  expect(await refusal(toItself)).toEqual({ status: 400, code: 50033 });
});

test('typing is told to whoever looks', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const kinds: string[] = [];
  discord.world.onChange((change) => void kinds.push(change.kind));
  await restFor(discord).post(Routes.channelTyping(channelId));
  expect(kinds).toEqual(['typing']);
});

test('every request is recorded', async () => {
  const discord = await stage.discord();
  await restFor(discord).get(Routes.user('@me'));
  await fetch(`${discord.apiUrl}/v6/users/@me`);
  expect(discord.records.requests).toMatchObject([
    { method: 'GET', path: '/users/@me', status: 200 },
    { method: 'GET', path: '/users/@me', status: 400 },
  ]);
});
