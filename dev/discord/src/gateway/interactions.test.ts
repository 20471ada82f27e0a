import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { type APIInteraction, GatewayDispatchEvents } from 'discord-api-types/v10';
import { pressButton, submitModal, useCommand } from '../testing/interactions';
import { firstPlace, type GatewayClient, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

const received = (client: GatewayClient): APIInteraction[] =>
  client.of(GatewayDispatchEvents.InteractionCreate).map(({ d }) => d);

test('every session of the shard receives an interaction, without an intent, and no other session', async () => {
  const discord = await stage.discord();
  const { guildId } = firstPlace(discord);
  const shard = Number((BigInt(guildId) >> 22n) % 2n);
  const options = { intents: 0, shardCount: 2 };
  const replicas = [
    await stage.connected(discord, { ...options, shardIds: [shard] }),
    await stage.connected(discord, { ...options, shardIds: [shard] }),
  ];
  const other = await stage.connected(discord, { ...options, shardIds: [1 - shard] });
  const { id, token } = useCommand(discord);
  await until(() => replicas.every((client) => received(client).length === 1));
  for (const client of replicas) expect(received(client)[0]).toMatchObject({ id, token });
  expect(received(other)).toEqual([]);
});

test('an interaction tells who may do what, where, in which language, and on which message', async () => {
  const discord = await stage.discord();
  const { world } = discord;
  const { guildId, channelId, authorId } = firstPlace(discord);
  const [owner, moderator, member] = world.members().filter(({ bot }) => !bot);
  world.deny(channelId, 'SendMessages');
  const client = await stage.connected(discord);
  for (const user of [owner, moderator, member]) useCommand(discord, user?.id);
  const press = pressButton(discord);
  submitModal(discord, press);
  await until(() => received(client).length === 5);
  const [first] = received(client);
  expect(first).toMatchObject({
    type: 2,
    data: { name: 'karma' },
    guild_id: guildId,
    channel: { id: channelId },
    context: 0,
    authorizing_integration_owners: { 0: guildId },
    locale: 'en-US',
    guild_locale: 'en-US',
    member: { user: { id: authorId } },
  });
  const manage = 1n << 5n;
  const send = 1n << 11n;
  const rights = received(client).map(({ member: one }) => BigInt(one?.permissions ?? 0) & manage);
  expect(rights.slice(0, 3)).toEqual([manage, manage, 0n]);
  expect(BigInt(first?.app_permissions ?? 0) & send).toBe(0n);
  expect(received(client).map(({ message }) => message?.id)).toEqual([
    ...[undefined, undefined, undefined],
    ...[press.message?.id, press.message?.id],
  ]);
});

test('a session that is resumed receives what it missed', async () => {
  const discord = await stage.discord();
  const sessions = new Map();
  const before = await stage.connected(discord, { sessions });
  await stage.leave(before);
  const { id } = useCommand(discord);
  const after = await stage.connected(discord, { sessions });
  await until(() => received(after).length === 1);
  expect(received(after)[0]?.id).toBe(id);
});
