import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import {
  GatewayDispatchEvents,
  InteractionResponseType,
  MessageFlags,
  MessageType,
  TextInputStyle,
} from 'discord-api-types/v10';
import {
  answer,
  answerFor,
  askForSuggestions,
  pressButton,
  submitModal,
  useCommand,
  webhookOf,
} from '../testing/interactions';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';
import { errorsOf, history, refusal } from '../testing/rest-requests';

const stage = new Stage();
afterEach(() => stage.clear());

const SAY = InteractionResponseType.ChannelMessageWithSource;
const DEFER = InteractionResponseType.DeferredChannelMessageWithSource;
const DEFER_UPDATE = InteractionResponseType.DeferredMessageUpdate;
const UPDATE = InteractionResponseType.UpdateMessage;
const SUGGEST = InteractionResponseType.ApplicationCommandAutocompleteResult;
const MODAL = InteractionResponseType.Modal;
const ephemeral = { flags: MessageFlags.Ephemeral };
const gone = { status: 404, code: 10062 };
const answered = { status: 400, code: 40060 };

test('a command is answered with a message, which everybody sees', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: SAY, data: { content: 'alice: 5' } });
  expect(interaction.state).toBe('acknowledged');
  const [message] = discord.world.messages(channelId);
  expect(message).toMatchObject({ content: 'alice: 5', authorId: discord.world.botId });
  expect(message).not.toHaveProperty('visibleTo');
  await until(() => client.heard().length === 1);
  expect(client.heard()[0]).toMatchObject({
    type: MessageType.ChatInputCommand,
    application_id: discord.world.botId,
    webhook_id: discord.world.botId,
    author: { id: discord.world.botId, bot: true },
    interaction_metadata: { id: interaction.id, type: 2, user: { id: authorId } },
    interaction: { name: 'karma' },
  });
});

test('a deferred reply is announced, and written later, by whoever has the token', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const interaction = useCommand(discord);
  const { interaction: about, resource } = await answerFor(discord, interaction, { type: DEFER });
  expect(about).toMatchObject({ response_message_loading: true, response_message_ephemeral: false });
  expect(resource?.message).toMatchObject({ flags: MessageFlags.Loading, content: '' });
  const webhook = webhookOf(discord, interaction);
  expect(await webhook.get()).toMatchObject({ flags: MessageFlags.Loading });
  const edited = await webhook.edit({ content: 'done' });
  expect(edited).toMatchObject({
    id: resource?.message?.id,
    content: 'done',
    flags: 0,
    edited_timestamp: null,
  });
  // The same again does no harm.
  await webhook.edit({ content: 'done' });
  expect(discord.world.messages(channelId).map(({ content }) => content)).toEqual(['done']);
  await until(() => client.of(GatewayDispatchEvents.MessageUpdate).length === 2);
});

test('an ephemeral reply is for the one who asked, in no history and no dispatch', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord);
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: DEFER, data: ephemeral });
  const webhook = webhookOf(discord, interaction);
  // It cannot become public.
  const edited = await webhook.edit({ content: 'only for you', flags: MessageFlags.SuppressEmbeds });
  expect(edited.flags).toBe(MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds);
  const more = await webhook.followUp({ content: 'and this', ...ephemeral });
  await webhook.edit({ content: 'and that' }, more.id);

  const { world } = discord;
  const [other] = world.members().filter(({ id, bot }) => id !== authorId && !bot);
  expect(world.ephemerals(channelId, authorId).map(({ content }) => content)).toEqual([
    'only for you',
    'and that',
  ]);
  expect(world.ephemerals(channelId, other?.id ?? '')).toEqual([]);
  expect(await history(discord, channelId, {})).toEqual([]);
  await webhook.remove();
  expect(await refusal(webhook.get())).toEqual({ status: 404, code: 10008 });
  expect(world.ephemerals(channelId, authorId)).toHaveLength(1);
  world.say({ channelId, authorId, content: 'last' });
  await until(() => client.heard().length === 1);
  expect(client.contents()).toEqual(['last']);
});

test('the first answer has three seconds', async () => {
  const discord = await stage.discord({ ...QUICK, interactionDeadlineMs: 30 });
  const interaction = useCommand(discord);
  await discord.world.interactions.ended(interaction);
  expect(interaction.state).toBe('failed');
  expect(await refusal(answer(discord, interaction, { type: DEFER }))).toEqual(gone);
  expect(await refusal(webhookOf(discord, interaction).edit({ content: 'x' }))).toEqual({
    status: 404,
    code: 10015,
  });
  expect(await refusal(answer(discord, { ...useCommand(discord), token: 'x' }, { type: DEFER }))).toEqual(
    gone,
  );
  expect(await refusal(answer(discord, { id: '1', token: 'x' }, { type: DEFER }))).toEqual(gone);
});

test('there is one first answer, and until then no webhook', async () => {
  const discord = await stage.discord();
  const interaction = useCommand(discord);
  const webhook = webhookOf(discord, interaction);
  for (const early of [webhook.get(), webhook.edit({ content: 'x' }), webhook.followUp({ content: 'x' })]) {
    expect(await refusal(early)).toEqual({ status: 404, code: 10015 });
  }
  await answer(discord, interaction, { type: DEFER });
  expect(await refusal(answer(discord, interaction, { type: SAY, data: { content: 'x' } }))).toEqual(
    answered,
  );
  // Later than the first answer may be, too.
  discord.settings.interactionDeadlineMs = 0;
  expect(await refusal(answer(discord, interaction, { type: DEFER }))).toEqual(answered);
});

test('a token lives for fifteen minutes; its messages stay', async () => {
  const discord = await stage.discord({ ...QUICK, interactionTokenMs: 60 });
  const { channelId } = firstPlace(discord);
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: SAY, data: { content: 'in time' } });
  await Bun.sleep(70);
  const webhook = webhookOf(discord, interaction);
  const late = [
    webhook.get(),
    webhook.edit({ content: 'x' }),
    webhook.followUp({ content: 'x' }),
    webhook.remove(),
  ];
  for (const request of late) expect(await refusal(request)).toEqual({ status: 401, code: 50027 });
  expect(await refusal(webhookOf(discord, { token: 'made-up' }).get())).toEqual({ status: 401, code: 50027 });
  expect(discord.world.messages(channelId).map(({ content }) => content)).toEqual(['in time']);
});

test('a button changes its message, at once or later', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const press = pressButton(discord);
  await answer(discord, press, { type: UPDATE, data: { content: 'Page 2' } });
  const [board] = discord.world.messages(channelId);
  expect(board).toMatchObject({ content: 'Page 2', components: press.message?.components });

  const later = pressButton(discord, board?.id);
  await answer(discord, later, { type: DEFER_UPDATE });
  await webhookOf(discord, later).edit({ content: 'Page 3', components: [] });
  expect(board).toMatchObject({ content: 'Page 3', components: [] });

  const reply = pressButton(discord, board?.id);
  await answer(discord, reply, { type: SAY, data: { content: 'me: 7' } });
  const second = discord.world.messages(channelId)[1];
  expect(second).toMatchObject({ content: 'me: 7', replyToId: board?.id, mentions: [] });
  const follow = await webhookOf(discord, reply).followUp({ content: 'and more' });
  expect(follow).toMatchObject({
    type: MessageType.Reply,
    message_reference: { message_id: second?.id },
    interaction_metadata: {
      type: 3,
      interacted_message_id: board?.id,
      original_response_message_id: second?.id,
    },
  });
});

test('a modal is opened, and what it submits is answered', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const input = { type: 4, custom_id: 'reason', style: TextInputStyle.Short };
  const modal = {
    custom_id: 'm1:reason',
    title: 'Give karma for this',
    components: [{ type: 18, label: 'Why?', component: input }],
  };
  const press = pressButton(discord);
  await answer(discord, press, { type: MODAL, data: modal });
  expect(press.answer).toMatchObject({
    type: MODAL,
    modal: { ...modal, components: [{ id: 1, component: { id: 2, custom_id: 'reason' } }] },
  });
  expect(await refusal(webhookOf(discord, press).get())).toEqual({ status: 404, code: 10015 });

  const submitted = submitModal(discord, press);
  expect(await errorsOf(answer(discord, submitted, { type: MODAL, data: modal }))).toEqual({
    type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message: 'Value must be one of {4, 5, 6, 7}.' }] },
  });
  await answer(discord, submitted, { type: SAY, data: { content: 'given' } });
  expect(discord.world.messages(channelId).at(-1)).toMatchObject({ content: 'given' });

  const wrong = useCommand(discord);
  const refused = answer(discord, wrong, {
    type: MODAL,
    data: { ...modal, title: 'x'.repeat(46), components: [] },
  });
  expect(await errorsOf(refused)).toEqual({
    data: {
      title: { _errors: [{ code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 45 in length.' }] },
      components: {
        _errors: [{ code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 5 in length.' }],
      },
    },
  });
});

test('suggestions are answered with up to 25 choices, and with nothing else', async () => {
  const discord = await stage.discord();
  const interaction = askForSuggestions(discord);
  const choices = Array.from({ length: 26 }, (_, n) => ({ name: `build ${n}`, value: `build ${n}` }));
  expect(await errorsOf(answer(discord, interaction, { type: DEFER }))).toEqual({
    type: { _errors: [{ code: 'BASE_TYPE_CHOICES', message: 'Value must be one of {8}.' }] },
  });
  expect(await errorsOf(answer(discord, interaction, { type: SUGGEST, data: { choices } }))).toEqual({
    data: {
      choices: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 25 or fewer in length.' }] },
    },
  });
  await answer(discord, interaction, { type: SUGGEST, data: { choices: choices.slice(1) } });
  expect(interaction.answer).toEqual({ type: SUGGEST, choices: choices.slice(1) });
});

test('what is wrong with a reply is said below data, and the interaction still waits', async () => {
  const discord = await stage.discord();
  const interaction = useCommand(discord);
  const long = answer(discord, interaction, { type: SAY, data: { content: 'x'.repeat(2001) } });
  expect(await errorsOf(long)).toEqual({
    data: {
      content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 2000 or fewer in length.' }] },
    },
  });
  const empty = answer(discord, interaction, { type: SAY, data: {} });
  expect(await refusal(empty)).toEqual({ status: 400, code: 50006 });
  // A command has no message to update.
  expect(await refusal(answer(discord, interaction, { type: UPDATE }))).toEqual({ status: 400, code: 50035 });
  await answer(discord, interaction, { type: SAY, data: { content: 'x' } });
});

test('what follows a deferred reply takes its place', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: DEFER });
  const webhook = webhookOf(discord, interaction);
  await webhook.followUp({ content: 'one' });
  await webhook.followUp({ content: 'two' });
  expect(discord.world.messages(channelId).map(({ content }) => content)).toEqual(['one', 'two']);
});

test('answers do not count against the limit of all requests', async () => {
  const discord = await stage.discord({
    ...QUICK,
    rateLimits: { global: { limit: 1, perMs: 60_000 }, messages: null, reactions: null, others: null },
  });
  const interaction = useCommand(discord);
  await answer(discord, interaction, { type: DEFER });
  const webhook = webhookOf(discord, interaction);
  await webhook.edit({ content: 'x' });
  await webhook.followUp({ content: 'x' });
  await restFor(discord).get('/users/@me');
  expect(discord.records.counts.globallyLimited).toBe(0);
  expect(discord.records.requests.map(({ status }) => status)).toEqual([204, 200, 200, 200]);
});

test('faults: too late, answered before, and a token that expires at once', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  discord.faults.interactions.add('too-late');
  discord.faults.interactions.add('answered-before');
  discord.faults.interactions.add('token-expires');
  const [late, before, expired] = [useCommand(discord), useCommand(discord), useCommand(discord)];
  expect(await refusal(answer(discord, late, { type: DEFER }))).toEqual(gone);
  expect(late.state).toBe('failed');
  expect(await refusal(answer(discord, before, { type: DEFER }))).toEqual(answered);
  await webhookOf(discord, before).edit({ content: 'answered all the same' });
  await answer(discord, expired, { type: DEFER });
  expect(await refusal(webhookOf(discord, expired).edit({ content: 'x' }))).toEqual({
    status: 401,
    code: 50027,
  });
  expect(discord.world.messages(channelId).map(({ content }) => content)).toEqual([
    'answered all the same',
    '',
  ]);
  discord.faults.interactions.add('too-late');
  discord.faults.clear();
  await answer(discord, useCommand(discord), { type: DEFER });
});

test('fault: an answer that takes effect and is not confirmed in time', async () => {
  const discord = await stage.discord();
  discord.faults.rest({ match: /^POST \/interactions\//, delayAfterMs: 500 });
  const interaction = useCommand(discord);
  const impatient = restFor(discord);
  impatient.options.timeout = 50;
  impatient.options.retries = 0;
  const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
  await expect(impatient.post(path, { body: { type: DEFER }, auth: false })).rejects.toThrow();
  expect(await webhookOf(discord, interaction).get()).toMatchObject({ flags: MessageFlags.Loading });
  expect(await refusal(answer(discord, interaction, { type: DEFER }))).toEqual(answered);
});
