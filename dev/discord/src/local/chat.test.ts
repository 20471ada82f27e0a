import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayDispatchEvents, MessageFlags, Routes } from 'discord-api-types/v10';
import {
  type ChatPush,
  chatChannelSchema,
  chatDmSchema,
  chatErrorSchema,
  chatGuildSchema,
  chatMemberSchema,
  chatMessageSchema,
  chatPushSchema,
  chatStateSchema,
  historySchema,
} from '../chat-contract';
import type { LocalDiscord } from '../local-discord';
import { answer, useCommand } from '../testing/interactions';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';

const stage = new Stage();
const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await stage.clear();
});

function ask(discord: LocalDiscord, method: string, path: string, body?: object): Promise<Response> {
  return fetch(discord.url + path, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
}

/** What a page is pushed, checked against the contract. */
function listen(discord: LocalDiscord): ChatPush[] {
  const pushes: ChatPush[] = [];
  const socket = new WebSocket(`${discord.url.replace('http', 'ws')}/_local/socket`);
  sockets.push(socket);
  socket.onmessage = ({ data }) => void pushes.push(chatPushSchema.parse(JSON.parse(String(data))));
  return pushes;
}

test('the state names everybody and every place', async () => {
  const discord = await stage.discord();
  const state = chatStateSchema.parse(await (await ask(discord, 'GET', '/_local/state')).json());
  expect(state.bot).toMatchObject({ username: 'Popple', online: false });
  expect(state.guilds.map((guild) => guild.name)).toEqual(['The Greenhouse', 'Night Shift']);
  expect(state.guilds[0]?.channels.map((channel) => channel.name)).toEqual([
    'general',
    'seedlings',
    'compost',
    'market-day',
  ]);
  expect(state.members.map((member) => member.displayName)).toContain('Alice');
  expect(state.members.map((member) => member.id)).not.toContain(state.bot.id);
  for (const path of [state.bot.avatarUrl, state.members[0]?.avatarUrl, state.guilds[0]?.iconUrl]) {
    const image = await fetch(discord.url + path);
    expect(image.headers.get('content-type')).toBe('image/svg+xml');
    expect(await image.text()).toStartWith('<svg');
  }
});

test('threads are shown below the channel they hang under', async () => {
  const discord = await stage.discord();
  const { guildId, channelId } = firstPlace(discord);
  const thread = discord.world.addChannel({
    guildId,
    name: 'Side talk',
    kind: 'thread',
    parentId: channelId,
  });
  const state = chatStateSchema.parse(await (await ask(discord, 'GET', '/_local/state')).json());
  expect(state.guilds[0]?.channels[1]).toMatchObject({
    id: thread.id,
    name: 'Side talk',
    parentId: channelId,
  });
});

test('what a member writes is there for everybody, the bot too', async () => {
  const discord = await stage.discord();
  const { channelId, authorId, guildId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const path = `/_local/channels/${channelId}/messages`;
  const response = await ask(discord, 'POST', path, { authorId, content: 'alice++' });
  expect(response.status).toBe(201);
  const message = chatMessageSchema.parse(await response.json());
  expect(message).toMatchObject({
    channelId,
    guildId,
    content: 'alice++',
    author: { id: authorId, bot: false },
  });
  await until(() => client.contents().includes('alice++'));

  const reply = { authorId, content: 'bob++', replyToId: message.id };
  const answered = chatMessageSchema.parse(await (await ask(discord, 'POST', path, reply)).json());
  expect(answered.replyTo).toMatchObject({ id: message.id, content: 'alice++', author: { name: 'Alice' } });
  const history = historySchema.parse(await (await ask(discord, 'GET', path)).json());
  expect(history.map((entry) => entry.content)).toEqual(['alice++', 'bob++']);
});

test('who wrote a message edits and deletes it, and the bot is told', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId, guildId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const pushes = listen(discord);
  const said = world.say({ channelId, authorId, content: 'alice+', nonce: '7' });
  const path = `/_local/channels/${channelId}/messages/${said.id}`;
  const [, other] = world.members().filter((member) => !member.bot);
  for (const memberId of [other?.id, world.botId]) {
    expect((await ask(discord, 'PATCH', path, { memberId, content: 'x' })).status).toBe(403);
    expect((await ask(discord, 'DELETE', path, { memberId })).status).toBe(403);
  }
  expect((await ask(discord, 'PATCH', path, { memberId: authorId, content: ' ' })).status).toBe(400);
  const response = await ask(discord, 'PATCH', path, { memberId: authorId, content: `<@${authorId}> ++` });
  const edited = chatMessageSchema.parse(await response.json());
  expect(edited).toMatchObject({ id: said.id, content: `<@${authorId}> ++`, mentions: [authorId] });
  expect(edited.editedAt).not.toBeNull();
  expect((await ask(discord, 'DELETE', path, { memberId: authorId })).status).toBe(204);
  expect((await ask(discord, 'DELETE', path, { memberId: authorId })).status).toBe(404);

  await until(() => client.of(GatewayDispatchEvents.MessageDelete).length === 1, 'MESSAGE_DELETE');
  const [update] = client.of(GatewayDispatchEvents.MessageUpdate);
  expect(update?.d).toMatchObject({
    id: said.id,
    channel_id: channelId,
    guild_id: guildId,
    content: `<@${authorId}> ++`,
    edited_timestamp: edited.editedAt,
    mentions: [{ id: authorId }],
    author: { id: authorId },
  });
  // Discord tells the nonce once, when the message is new.
  expect(update?.d).not.toHaveProperty('nonce');
  expect(client.of(GatewayDispatchEvents.MessageDelete)[0]?.d).toEqual({
    id: said.id,
    channel_id: channelId,
    guild_id: guildId,
  });
  await until(() => pushes.at(-1)?.type === 'message-delete', 'the push of the deletion');
  expect(pushes.at(-2)).toEqual({ type: 'message-update', message: edited });
});

test('the length of a message is counted in code points, as Discord does', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const path = `/_local/channels/${channelId}/messages`;
  const status = async (content: string) => (await ask(discord, 'POST', path, { authorId, content })).status;
  expect(await status('🌱'.repeat(2000))).toBe(201);
  expect(await status('🌱'.repeat(2001))).toBe(400);
});

test('history comes in pages, oldest first', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  for (let n = 0; n < 60; n++) discord.world.say({ channelId, authorId, content: String(n) });
  const page = async (query: string) => {
    const response = await ask(discord, 'GET', `/_local/channels/${channelId}/messages${query}`);
    return historySchema.parse(await response.json());
  };
  const latest = await page('');
  expect(latest.map((message) => message.content)).toEqual(
    Array.from({ length: 50 }, (_, n) => String(n + 10)),
  );
  const earlier = await page(`?before=${latest[0]?.id}&limit=4`);
  expect(earlier.map((message) => message.content)).toEqual(['6', '7', '8', '9']);
});

test('what happens is pushed to every page', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId, guildId } = firstPlace(discord);
  const pushes = listen(discord);
  await until(() => pushes.length === 1, 'the state');
  const message = world.say({ channelId, authorId, content: 'hi' });
  const path = `/_local/channels/${channelId}/messages/${message.id}/reactions/${encodeURIComponent('🎉')}`;
  expect((await ask(discord, 'PUT', path, { memberId: authorId })).status).toBe(204);
  expect((await ask(discord, 'DELETE', path, { memberId: authorId })).status).toBe(204);
  world.edit(channelId, message.id, 'hi!');
  world.remove(channelId, message.id);
  await restFor(discord).post(`/channels/${channelId}/typing`);
  world.addChannel({ guildId, name: 'New' });
  const client = await stage.connected(discord);
  await until(() => discord.world.botOnline);
  await client.manager.destroy();
  await until(() => pushes.length === 10, 'all pushes');
  expect(pushes.map((push) => push.type)).toEqual([
    'state',
    'message',
    'reactions',
    'reactions',
    'message-update',
    'message-delete',
    'typing',
    'state',
    'presence',
    'presence',
  ]);
  expect(pushes[2]).toMatchObject({ reactions: [{ emoji: '🎉', count: 1, userIds: [authorId] }] });
  expect(pushes[3]).toMatchObject({ reactions: [] });
  expect(pushes.slice(-2)).toMatchObject([{ online: true }, { online: false }]);
});

test('what is said of the services is pushed to every page, and to one that comes later', async () => {
  const discord = await stage.discord();
  const pushes = listen(discord);
  await until(() => pushes.length === 1, 'the state, and nothing of services that nobody told of');
  const services = [{ name: 'svc' as const, state: 'down' as const, detail: 'exit code 1' }];
  expect((await ask(discord, 'PUT', '/_local/services', { services })).status).toBe(204);
  expect((await ask(discord, 'PUT', '/_local/services', { services: [{ name: 'cat' }] })).status).toBe(400);
  await until(() => pushes.length === 2, 'the services');
  const later = listen(discord);
  await until(() => later.length === 2, 'the state and the services');
  for (const page of [pushes, later]) expect(page[1]).toEqual({ type: 'services', services });
});

test('members, servers and channels can be added', async () => {
  const discord = await stage.discord();
  const made = async (path: string, name: string) => (await ask(discord, 'POST', path, { name })).json();
  const member = chatMemberSchema.parse(await made('/_local/members', 'Zoë van Dijk'));
  expect(member).toMatchObject({ displayName: 'Zoë van Dijk', username: 'zoe_van_dijk' });
  const guild = chatGuildSchema.parse(await made('/_local/guilds', 'Third Place'));
  expect(guild.channels.map((channel) => channel.name)).toEqual(['general']);
  const channel = chatChannelSchema.parse(await made(`/_local/guilds/${guild.id}/channels`, 'Big Plans'));
  expect(channel.name).toBe('big-plans');
  const path = `/_local/channels/${channel.id}/messages`;
  expect((await ask(discord, 'POST', path, { authorId: member.id, content: 'hi' })).status).toBe(201);
});

test('a member has direct messages with the bot, and only their own', async () => {
  const discord = await stage.discord();
  const [alice, bruno] = discord.world.members().filter((member) => !member.bot);
  const get = async () =>
    chatDmSchema.parse(await (await ask(discord, 'GET', `/_local/members/${alice?.id}/dm`)).json());
  const dm = await get();
  expect(dm.memberId).toBe(alice?.id ?? '');
  expect(await get()).toEqual(dm);
  const path = `/_local/channels/${dm.channelId}/messages`;
  expect((await ask(discord, 'POST', path, { authorId: alice?.id, content: 'help' })).status).toBe(201);
  expect((await ask(discord, 'POST', path, { authorId: bruno?.id, content: 'help' })).status).toBe(403);
});

test('what cannot be done is said so', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const path = `/_local/channels/${channelId}/messages`;
  const refused: [string, string, object | undefined, number][] = [
    ['POST', path, { authorId, content: '  ' }, 400],
    ['POST', path, { authorId, content: 'x'.repeat(2001) }, 400],
    ['POST', path, { authorId, content: 'x', replyToId: '1' }, 404],
    ['POST', path, { authorId: '123', content: 'x' }, 404],
    ['POST', path, { authorId: discord.world.botId, content: 'x' }, 403],
    ['POST', '/_local/channels/123/messages', { authorId, content: 'x' }, 404],
    ['GET', `${path}?limit=0`, undefined, 400],
    ['GET', '/_local/channels/123/messages', undefined, 404],
    ['PUT', `${path}/1/reactions/%F0%9F%8E%89`, { memberId: authorId }, 404],
    ['PUT', `${path}/1/reactions/nonsense`, { memberId: authorId }, 400],
    ['POST', '/_local/members', { name: '' }, 400],
    ['GET', `/_local/members/${discord.world.botId}/dm`, undefined, 403],
    ['GET', '/_local/nothing', undefined, 404],
    ['DELETE', '/_local/state', undefined, 405],
  ];
  for (const [method, where, body, status] of refused) {
    const response = await ask(discord, method, where, body);
    expect([method, where, response.status]).toEqual([method, where, status]);
    expect(chatErrorSchema.parse(await response.json()).error).not.toBe('');
  }
  const form = await fetch(discord.url + path, { method: 'POST', body: 'authorId=1' });
  expect(form.status).toBe(415);
});

test('web pages from elsewhere are kept out, under whatever name they reach this', async () => {
  const discord = await stage.discord({ ...QUICK, allowedHosts: ['discord'] });
  const status = async (headers: Record<string, string>, path = '/_local/state') =>
    (await fetch(discord.url + path, { headers })).status;
  const own = `127.0.0.1:${discord.port}`;
  expect(await status({})).toBe(200);
  expect(await status({ origin: `http://${own}` })).toBe(200);
  expect(await status({ host: `localhost:${discord.port}` })).toBe(200);
  expect(await status({ host: 'discord:80' })).toBe(200);
  expect(await status({ origin: 'https://example.org' })).toBe(403);
  expect(await status({ origin: 'http://localhost:3000' })).toBe(403);
  expect(await status({ origin: 'null' })).toBe(403);
  expect(await status({ host: 'rebound.example.org', origin: 'http://rebound.example.org' })).toBe(403);
  expect(await status({ host: 'rebound.example.org' }, '/api/v10/gateway')).toBe(403);
  expect(await status({ origin: 'https://example.org' }, '/gateway')).toBe(403);
  expect(await status({ origin: 'https://example.org' }, '/_local/socket')).toBe(403);
});

test('a page given to it is served from the same port', async () => {
  const discord = await stage.discord({ ...QUICK, routes: { '/': new Response('the chat page') } });
  expect(await (await fetch(discord.url)).text()).toBe('the chat page');
  expect((await fetch(`${discord.url}/elsewhere`)).status).toBe(404);
  expect((await stage.connected(discord)).readyCount.ready).toBe(1);
});

test('what the bot replies to a command is pushed with its components and files, and for whom it is', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const pushes = listen(discord);
  await until(() => pushes.length === 1);
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: 5, data: { flags: MessageFlags.Ephemeral } });
  const path = Routes.webhookMessage(discord.world.botId, interaction.token, '@original');
  await restFor(discord).patch(path, {
    auth: false,
    body: {
      flags: MessageFlags.IsComponentsV2,
      attachments: [{ id: '0', description: 'Karma of June' }],
      components: [{ type: 12, items: [{ media: { url: 'attachment://a.png' } }] }],
    },
    files: [{ name: 'a.png', data: Buffer.from('x'), contentType: 'image/png' }],
  });
  await until(() => pushes.length === 3);
  expect(pushes[1]).toMatchObject({
    type: 'message',
    message: {
      isAnnounced: true,
      visibleTo: authorId,
      usedCommand: { name: 'karma', by: { name: 'Alice' } },
    },
  });
  const updated = pushes[2]?.type === 'message-update' ? pushes[2].message : undefined;
  expect(updated).toMatchObject({
    visibleTo: authorId,
    attachments: [{ filename: 'a.png', description: 'Karma of June', contentType: 'image/png' }],
    components: [{ type: 12, items: [{ media: { url: updated?.attachments?.[0]?.url } }] }],
  });
  expect(updated).not.toHaveProperty('isAnnounced');
  // The page asks for files where it came from, under whatever name that was.
  expect(updated?.attachments?.[0]?.url).toStartWith('/attachments/');
  const read = await ask(discord, 'GET', `/_local/channels/${channelId}/messages`);
  expect(historySchema.parse(await read.json())).toEqual([]);
});

test('the page changes languages and rights, and learns of new commands', async () => {
  const discord = await stage.discord();
  const { guildId } = firstPlace(discord);
  const [, , member] = discord.world.members().filter(({ bot }) => !bot);
  const id = member?.id ?? '';
  const pushes = listen(discord);
  await until(() => pushes.length === 1);
  await ask(discord, 'PUT', `/_local/members/${id}/locale`, { locale: 'pt-BR' });
  await ask(discord, 'PUT', `/_local/guilds/${guildId}/administrators/${id}`, { isAdministrator: true });
  await restFor(discord).put(Routes.applicationCommands(discord.world.botId), { body: [] });
  await until(() => pushes.length === 4);
  expect(pushes[3]).toEqual({ type: 'commands' });
  const state = pushes[2]?.type === 'state' ? pushes[2].state : undefined;
  expect(state?.members.find((one) => one.id === id)?.locale).toBe('pt-BR');
  expect(state?.guilds[0]?.administratorIds).toContain(id);
  expect(state?.guilds[0]?.roles?.map(({ name }) => name)).toEqual(['Moderators', 'Administrators']);
  expect((await ask(discord, 'PUT', `/_local/members/${id}/locale`, { locale: 'xx' })).status).toBe(400);
});
