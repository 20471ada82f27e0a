import { afterEach, expect, test } from 'bun:test';
import { type APIMessage, Routes } from 'discord-api-types/v10';
import { firstPlace, restFor, Stage } from '../testing/real-clients';
import { history, post, refusal } from '../testing/rest-requests';

const stage = new Stage();
afterEach(() => stage.clear());

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
