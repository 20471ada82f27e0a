import { afterEach, expect, test } from 'bun:test';
import { DiscordAPIError } from 'discord.js';
import {
  type APIChannel,
  type APIMessage,
  ChannelType,
  RESTJSONErrorCodes,
  Routes,
} from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

/** What the library raises for a request, reduced to what tells errors apart. */
async function refusal(request: Promise<unknown>): Promise<{ status: number; code: number | string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof DiscordAPIError) return { status: error.status, code: error.code };
    throw error;
  }
  throw new Error('the request was not refused');
}

/** The library's answers are `unknown`; Discord's types say what they are. */
async function post(discord: LocalDiscord, channelId: string, body: object): Promise<APIMessage> {
  return (await restFor(discord).post(Routes.channelMessages(channelId), { body })) as APIMessage;
}

async function history(discord: LocalDiscord, channelId: string, query: Record<string, string>) {
  const rest = restFor(discord);
  const messages = await rest.get(Routes.channelMessages(channelId), { query: new URLSearchParams(query) });
  return (messages as APIMessage[]).map((message) => message.content);
}

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

test('a message is created, answered in full, and found again', async () => {
  const discord = await stage.discord();
  const { channelId, authorId, guildId } = firstPlace(discord);
  const cause = discord.world.say({ channelId, authorId, content: 'alice++' });
  const answer = await post(discord, channelId, {
    content: `<@${authorId}> has 1 karma.`,
    nonce: cause.id,
    enforce_nonce: true,
    message_reference: { message_id: cause.id },
    allowed_mentions: { parse: [] },
  });
  expect(answer).toMatchObject({
    channel_id: channelId,
    nonce: cause.id,
    mentions: [],
    author: { id: discord.world.botId },
    message_reference: { message_id: cause.id, channel_id: channelId, guild_id: guildId },
    referenced_message: { id: cause.id, content: 'alice++' },
  });
  expect(discord.world.message(channelId, answer.id)?.mentions).toEqual([]);
  const found = (await restFor(discord).get(Routes.channelMessage(channelId, answer.id))) as APIMessage;
  expect(found.content).toBe(answer.content);
  expect(found).not.toHaveProperty('nonce');
});

test('whom a message pings follows allowed_mentions', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const [, other] = discord.world.members().filter((member) => !member.bot);
  const otherId = other?.id ?? '';
  const cause = discord.world.say({ channelId, authorId, content: 'hello' });
  const content = `@everyone <@${otherId}> <@999999999999999999>`;
  const message_reference = { message_id: cause.id };
  const pings = async (allowed_mentions?: object) => {
    const body = { content, message_reference, ...(allowed_mentions ? { allowed_mentions } : {}) };
    const message = await post(discord, channelId, body);
    return { users: message.mentions.map((user) => user.id), everyone: message.mention_everyone };
  };
  expect(await pings()).toEqual({ users: [otherId, authorId], everyone: true });
  expect(await pings({ parse: [] })).toEqual({ users: [], everyone: false });
  expect(await pings({ parse: ['users'] })).toEqual({ users: [otherId], everyone: false });
  expect(await pings({ users: [otherId], replied_user: true })).toEqual({
    users: [otherId, authorId],
    everyone: false,
  });
  const contradiction = post(discord, channelId, {
    content,
    allowed_mentions: { parse: ['users'], users: [otherId] },
  });
  expect(await refusal(contradiction)).toEqual({ status: 400, code: 50035 });
});

test('an enforced nonce gives back the message that was created with it', async () => {
  const discord = await stage.discord();
  const { channelId, guildId } = firstPlace(discord);
  const elsewhere = discord.world.channels(guildId)[1]?.id ?? '';
  const body = { content: 'once', nonce: '1234567890123456789', enforce_nonce: true };
  const first = await post(discord, channelId, body);
  const again = await post(discord, channelId, { ...body, content: 'again' });
  expect(again).toMatchObject({ id: first.id, content: 'once' });
  expect((await post(discord, elsewhere, body)).id).not.toBe(first.id);
  expect((await post(discord, channelId, { ...body, nonce: '1' })).id).not.toBe(first.id);
  expect((await post(discord, channelId, { ...body, enforce_nonce: false })).id).not.toBe(first.id);
  expect(discord.world.messages(channelId).map((message) => message.content)).toEqual([
    'once',
    'once',
    'once',
  ]);
  discord.settings.nonceWindowMs = 0;
  await Bun.sleep(2);
  await post(discord, channelId, { ...body, content: 'much later' });
  expect(discord.world.messages(channelId).at(-1)?.content).toBe('much later');
});

test('a form that is wrong is refused as Discord refuses it', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const tooLong = post(discord, channelId, { content: 'x'.repeat(2001) });
  await expect(tooLong).rejects.toThrow('content[BASE_TYPE_MAX_LENGTH]: Must be 2000 or fewer in length.');
  expect(await refusal(post(discord, channelId, { content: ' ' }))).toEqual({ status: 400, code: 50006 });
  const refused: object[] = [
    { content: 1 },
    { content: 'x', nonce: 'x'.repeat(26) },
    { content: 'x', message_reference: { message_id: '1' } },
    { content: 'x', embeds: [{ title: 'no room for this' }] },
  ];
  for (const body of refused) {
    expect(await refusal(post(discord, channelId, body))).toEqual({ status: 400, code: 50035 });
  }
  const reply = { content: 'x', message_reference: { message_id: '1', fail_if_not_exists: false } };
  expect(await post(discord, channelId, reply)).not.toHaveProperty('message_reference');
});

test('a body that is not JSON is refused', async () => {
  const discord = await stage.discord();
  const response = await fetch(
    `${discord.apiUrl}/v10${Routes.channelMessages(firstPlace(discord).channelId)}`,
    {
      method: 'POST',
      headers: { authorization: 'Bot local' },
      body: '{',
    },
  );
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 50109 });
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

test('permissions that were taken away are missed', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId } = firstPlace(discord);
  const rest = restFor(discord);
  const message = world.say({ channelId, authorId, content: 'hello' });
  const react = () => rest.put(Routes.channelMessageOwnReaction(channelId, message.id, '✅'));

  world.deny(channelId, 'SendMessages', 'AddReactions');
  expect(await refusal(post(discord, channelId, { content: 'x' }))).toEqual({ status: 403, code: 50013 });
  expect(await refusal(react())).toEqual({ status: 403, code: 50013 });
  expect(await history(discord, channelId, {})).toEqual(['hello']);

  world.deny(channelId, 'ReadMessageHistory');
  expect(await history(discord, channelId, {})).toEqual([]);
  const reply = post(discord, channelId, { content: 'x', message_reference: { message_id: message.id } });
  expect(await refusal(reply)).toEqual({ status: 403, code: 160002 });

  world.deny(channelId, 'ViewChannel');
  for (const request of [
    () => post(discord, channelId, { content: 'x' }),
    react,
    () => rest.get(Routes.channel(channelId)),
  ]) {
    expect(await refusal(request())).toEqual({ status: 403, code: 50001 });
  }
  world.deny(channelId);
  await post(discord, channelId, { content: 'again' });
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

test('own messages can be edited and deleted, and no others', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const rest = restFor(discord);
  const own = await post(discord, channelId, { content: 'one' });
  const others = discord.world.say({ channelId, authorId, content: 'theirs' });
  const path = (id: string) => Routes.channelMessage(channelId, id);
  expect(await rest.patch(path(own.id), { body: { content: 'two' } })).toMatchObject({ content: 'two' });
  expect(discord.world.message(channelId, own.id)?.editedAtMs).not.toBeNull();
  expect(await refusal(rest.patch(path(others.id), { body: { content: 'x' } }))).toEqual({
    status: 403,
    code: 50005,
  });
  expect(await refusal(rest.delete(path(others.id)))).toEqual({ status: 403, code: 50013 });
  await rest.delete(path(own.id));
  expect(await refusal(rest.delete(path(own.id)))).toEqual({ status: 404, code: 10008 });
});

test('reactions are idempotent, and an emoji has to be one', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const rest = restFor(discord);
  const message = discord.world.say({ channelId, authorId, content: 'x' });
  const path = (emoji: string) =>
    Routes.channelMessageOwnReaction(channelId, message.id, encodeURIComponent(emoji));
  for (const emoji of ['✅', '✅', '❤️', 'party:123456789012345678']) await rest.put(path(emoji));
  expect(message.reactions).toEqual(
    ['✅', '❤️', 'party:123456789012345678'].map((emoji) => ({ emoji, userIds: [discord.world.botId] })),
  );
  await rest.delete(path('✅'));
  await rest.delete(path('✅'));
  expect(message.reactions).toHaveLength(2);
  for (const emoji of ['ok', '1', '✅✅']) {
    expect(await refusal(rest.put(path(emoji)))).toEqual({ status: 400, code: 10014 });
  }
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
