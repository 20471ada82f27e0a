import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import { firstPlace, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

test('payloads are as odd as the settings say, by the gateway and by REST', async () => {
  const discord = await stage.discord({
    ...QUICK,
    oddities: ['sparse', 'tags-everywhere', 'nulls', 'authorless'],
  });
  const { channelId, authorId } = firstPlace(discord);
  const { Guilds, GuildMessages, DirectMessages, MessageContent } = GatewayIntentBits;
  const client = await stage.connected(discord, {
    intents: Guilds | GuildMessages | DirectMessages | MessageContent,
  });
  discord.world.say({ channelId, authorId, content: 'x' });
  discord.world.say({ channelId, authorId, content: 'authorless' });
  discord.world.say({ channelId: discord.world.dm(authorId).id, authorId, content: 'z' });
  await until(() => client.of(GatewayDispatchEvents.MessageCreate).length === 3, 'the messages');
  const [ready] = client.of(GatewayDispatchEvents.Ready);
  expect(ready?.d.user).not.toHaveProperty('global_name');
  const [guild] = client.of(GatewayDispatchEvents.GuildCreate);
  expect(guild?.d).not.toHaveProperty('threads');
  expect(guild?.d.channels[0]).toHaveProperty('available_tags');
  const [plain, hook, direct] = client.of(GatewayDispatchEvents.MessageCreate);
  expect(plain?.d).toHaveProperty('webhook_id', null);
  expect(hook?.d).not.toHaveProperty('author');
  expect(direct?.d).toHaveProperty('guild_id', null);
  const response = await fetch(`${discord.apiUrl}/v10/users/@me`, {
    headers: { authorization: `Bot ${discord.token}` },
  });
  expect(await response.json()).not.toHaveProperty('global_name');
});

test('a server in an outage is told of neither by READY nor by its messages, and comes back', async () => {
  const discord = await stage.discord(QUICK);
  const { guildId, channelId, authorId } = firstPlace(discord);
  const { gateway } = discord.faults;
  const client = await stage.connected(discord);
  gateway.startOutage(guildId);
  discord.world.say({ channelId, authorId, content: 'unheard' });
  await until(() => client.of(GatewayDispatchEvents.GuildDelete).length === 1, 'the outage');
  expect(client.of(GatewayDispatchEvents.GuildDelete)[0]?.d).toEqual({ id: guildId, unavailable: true });
  const later = await stage.connected(discord);
  gateway.endOutage(guildId);
  discord.world.say({ channelId, authorId, content: 'heard' });
  await until(() => later.of(GatewayDispatchEvents.MessageCreate).length === 1, 'a message');
  expect(client.of(GatewayDispatchEvents.MessageCreate).map(({ d }) => d.content)).toEqual(['heard']);
  expect(later.of(GatewayDispatchEvents.Ready)[0]?.d.guilds.map(({ id }) => id)).toContain(guildId);
  expect(later.of(GatewayDispatchEvents.GuildCreate).at(-1)?.d.id).toBe(guildId);
});

test('an archived thread is listed as such until something is said in it', async () => {
  const discord = await stage.discord(QUICK);
  const { guildId, channelId, authorId } = firstPlace(discord);
  const thread = discord.world.addChannel({ guildId, name: 'old', kind: 'thread', parentId: channelId });
  const archived = async () => {
    const response = await fetch(`${discord.apiUrl}/v10/channels/${channelId}/threads/archived/public`, {
      headers: { authorization: `Bot ${discord.token}` },
    });
    const { threads } = (await response.json()) as { threads: { id: string }[] };
    return threads.map(({ id }) => id);
  };
  expect(await archived()).toEqual([]);
  discord.world.archive(thread.id);
  expect(await archived()).toEqual([thread.id]);
  const beforeMs = Date.now();
  discord.world.say({ channelId: thread.id, authorId, content: 'again' });
  expect(await archived()).toEqual([]);
  const response = await fetch(`${discord.apiUrl}/v10/guilds/${guildId}/threads/active`, {
    headers: { authorization: `Bot ${discord.token}` },
  });
  const { threads } = (await response.json()) as {
    threads: { id: string; thread_metadata: { archive_timestamp: string } }[];
  };
  const changedAt = threads.find(({ id }) => id === thread.id)?.thread_metadata.archive_timestamp ?? '';
  // When its archive status last changed: now.
  expect(Date.parse(changedAt)).toBeGreaterThanOrEqual(beforeMs);
});
