import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import { CHAT_INTENTS, firstPlace, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

test('a client is told who it is, where it is, and what is said', async () => {
  const discord = await stage.discord();
  const { channelId, authorId, guildId } = firstPlace(discord);
  const client = await stage.connected(discord);
  await until(() => client.of(GatewayDispatchEvents.GuildCreate).length === 2);

  const [ready] = client.of(GatewayDispatchEvents.Ready);
  expect(ready?.d.user.username).toBe('Popple');
  expect(ready?.d.guilds.map((guild) => guild.id)).toEqual(discord.world.guilds().map((guild) => guild.id));
  expect(ready?.d.resume_gateway_url).toStartWith('ws://127.0.0.1:');

  const message = discord.world.say({ channelId, authorId, content: 'alice++' });
  await until(() => client.heard().length === 1);
  expect(client.heard()[0]).toMatchObject({
    id: message.id,
    channel_id: channelId,
    guild_id: guildId,
    content: 'alice++',
    author: { id: authorId, username: 'alice' },
  });
  expect(client.dispatches.map((payload) => payload.s)).toEqual([1, 2, 3, 4]);
  expect(discord.world.botOnline).toBe(true);
});

test('GUILD_CREATE says the last message of each channel, and the active threads', async () => {
  const discord = await stage.discord();
  const { channelId, authorId, guildId } = firstPlace(discord);
  const thread = discord.world.addChannel({ guildId, name: 'A thread', kind: 'thread', parentId: channelId });
  const message = discord.world.say({ channelId, authorId, content: 'before' });
  const reply = discord.world.say({ channelId: thread.id, authorId, content: 'in the thread' });
  const client = await stage.connected(discord);
  await until(() => client.of(GatewayDispatchEvents.GuildCreate).length === 2);

  const guild = client.of(GatewayDispatchEvents.GuildCreate).find(({ d }) => d.id === guildId)?.d;
  const channel = guild?.channels.find(({ id }) => id === channelId);
  expect(channel).toMatchObject({ last_message_id: message.id });
  expect(guild?.threads).toMatchObject([{ id: thread.id, parent_id: channelId, last_message_id: reply.id }]);
});

test('two sessions on one shard both hear everything', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const clients = [await stage.connected(discord), await stage.connected(discord)];
  for (const content of ['one', 'two', 'three']) discord.world.say({ channelId, authorId, content });
  await until(() => clients.every((client) => client.heard().length === 3));
  for (const client of clients) expect(client.contents()).toEqual(['one', 'two', 'three']);
});

test('each shard hears about its own guilds, and the first about direct messages', async () => {
  const discord = await stage.discord();
  const { authorId } = firstPlace(discord);
  const intents = CHAT_INTENTS | GatewayIntentBits.DirectMessages;
  const shards = [
    await stage.connected(discord, { shardCount: 2, shardIds: [0], intents }),
    await stage.connected(discord, { shardCount: 2, shardIds: [1], intents }),
  ];
  const dm = discord.world.dm(authorId);
  discord.world.say({ channelId: dm.id, authorId, content: 'just us' });
  for (const guild of discord.world.guilds()) {
    const shard = Number((BigInt(guild.id) >> 22n) % 2n);
    const channelId = discord.world.channels(guild.id)[0]?.id ?? '';
    discord.world.say({ channelId, authorId, content: `shard ${shard}` });
  }
  await until(() => shards[0]?.heard().length === 2 && shards[1]?.heard().length === 1);
  expect(shards[0]?.contents()).toEqual(['just us', 'shard 0']);
  expect(shards[1]?.contents()).toEqual(['shard 1']);
  expect(shards.map((client) => client.of(GatewayDispatchEvents.GuildCreate).length)).toEqual([1, 1]);
});

test('only what the intents ask for is dispatched', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const guildsOnly = await stage.connected(discord, { intents: GatewayIntentBits.Guilds });
  const messagesOnly = await stage.connected(discord, { intents: GatewayIntentBits.GuildMessages });
  const message = discord.world.say({ channelId, authorId, content: 'hello' });
  discord.world.react(channelId, message.id, authorId, '🎉');
  discord.world.typing(channelId, authorId);
  discord.world.addGuild({ name: 'Third' });
  await until(() => messagesOnly.heard().length === 1);
  await until(() => guildsOnly.of(GatewayDispatchEvents.GuildCreate).length === 3);
  expect(guildsOnly.dispatches.map((payload) => payload.t)).toEqual([
    GatewayDispatchEvents.Ready,
    GatewayDispatchEvents.GuildCreate,
    GatewayDispatchEvents.GuildCreate,
    GatewayDispatchEvents.GuildCreate,
  ]);
  expect(messagesOnly.dispatches.map((payload) => payload.t)).toEqual([
    GatewayDispatchEvents.Ready,
    GatewayDispatchEvents.MessageCreate,
  ]);
});

test('without the Message Content intent, only what concerns the bot can be read', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId } = firstPlace(discord);
  const intents = GatewayIntentBits.GuildMessages | GatewayIntentBits.DirectMessages;
  const client = await stage.connected(discord, { intents });
  world.say({ channelId, authorId, content: 'secret' });
  world.say({ channelId, authorId, content: `<@${world.botId}> help` });
  world.say({ channelId, authorId: world.botId, content: 'my own' });
  world.say({ channelId: world.dm(authorId).id, authorId, content: 'in private' });
  await until(() => client.heard().length === 4);
  expect(client.contents()).toEqual(['', `<@${world.botId}> help`, 'my own', 'in private']);
});

test('nothing is dispatched from a channel the bot cannot see', async () => {
  const discord = await stage.discord();
  const { channelId, authorId, guildId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const other = discord.world.channels(guildId)[1]?.id ?? '';
  discord.world.deny(channelId, 'ViewChannel');
  discord.world.say({ channelId, authorId, content: 'hidden' });
  discord.world.say({ channelId: other, authorId, content: 'seen' });
  await until(() => client.heard().length === 1);
  expect(client.contents()).toEqual(['seen']);
  expect(client.of(GatewayDispatchEvents.ChannelUpdate)).toHaveLength(1);
});

test('edits, deletions, reactions and replies are dispatched as they happen', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord, {
    intents: CHAT_INTENTS | GatewayIntentBits.GuildMessageReactions,
  });
  const message = world.say({ channelId, authorId, content: 'first' });
  world.edit(channelId, message.id, 'second');
  world.react(channelId, message.id, authorId, '🎉');
  expect(world.react(channelId, message.id, authorId, '🎉')).toBe(false);
  world.unreact(channelId, message.id, authorId, '🎉');
  world.say({ channelId, authorId: world.botId, content: 'answer', replyTo: message.id });
  world.remove(channelId, message.id);
  await until(() => client.of(GatewayDispatchEvents.MessageDelete).length === 1);
  expect(client.dispatches.slice(-6).map((payload) => payload.t)).toEqual([
    GatewayDispatchEvents.MessageCreate,
    GatewayDispatchEvents.MessageUpdate,
    GatewayDispatchEvents.MessageReactionAdd,
    GatewayDispatchEvents.MessageReactionRemove,
    GatewayDispatchEvents.MessageCreate,
    GatewayDispatchEvents.MessageDelete,
  ]);
  expect(client.heard()[1]).toMatchObject({
    author: { bot: true },
    message_reference: { message_id: message.id },
    referenced_message: { id: message.id, content: 'second' },
    mentions: [{ id: authorId }],
  });
});

test('webhooks and other bots can be told from people', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const otherBot = world.addMember({ name: 'Beep', bot: true });
  const webhookId = world.addMember({ name: 'unused' }).id;
  world.say({ channelId, authorId: otherBot.id, content: 'beep' });
  world.say({ channelId, authorId, content: 'posted', webhookId });
  world.say({ channelId, authorId, content: 'said' });
  await until(() => client.heard().length === 3);
  expect(client.heard()).toMatchObject([
    { author: { id: otherBot.id, bot: true } },
    { author: { id: webhookId, bot: true }, webhook_id: webhookId },
    { author: { id: authorId } },
  ]);
  expect(client.heard()[2]).not.toHaveProperty('author.bot');
  expect(client.heard()[2]).not.toHaveProperty('webhook_id');
});

test('latency delays every frame without changing their order', async () => {
  const discord = await stage.discord({ ...QUICK, latencyMs: 40 });
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const contents = Array.from({ length: 50 }, (_, n) => String(n));
  for (const content of contents) discord.world.say({ channelId, authorId, content });
  expect(client.heard()).toHaveLength(0);
  await until(() => client.heard().length === contents.length);
  expect(client.contents()).toEqual(contents);
});
