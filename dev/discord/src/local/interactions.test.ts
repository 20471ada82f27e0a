import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import {
  type APIInteraction,
  GatewayDispatchEvents,
  Locale,
  MessageFlags,
  Routes,
} from 'discord-api-types/v10';
import {
  chatCommandsSchema,
  type InvocationInput,
  type Outcome,
  outcomeSchema,
} from '../interaction-contract';
import type { LocalDiscord } from '../local-discord';
import { answer, webhookOf } from '../testing/interactions';
import { firstPlace, type GatewayClient, restFor, Stage } from '../testing/real-clients';
import { LocalDiscordControl } from './control-client';

const stage = new Stage();
afterEach(() => stage.clear());

const COMMANDS = [
  {
    name: 'karma',
    name_localizations: { de: 'punkte' },
    description: 'Karma',
    description_localizations: { de: 'Punkte' },
    options: [
      {
        type: 1,
        name: 'give',
        description: 'Give',
        options: [
          { type: 6, name: 'to', description: 'Whom', required: true },
          { type: 3, name: 'reason', description: 'Why', max_length: 10 },
          { type: 4, name: 'amount', description: 'How much', min_value: 1, max_value: 5 },
          { type: 3, name: 'how', description: 'How', choices: [{ name: 'Loud', value: 'loud' }] },
        ],
      },
      {
        type: 1,
        name: 'thing',
        description: 'A thing',
        options: [{ type: 3, name: 'what', description: 'What', required: true, autocomplete: true }],
      },
    ],
  },
  {
    name: 'everything',
    description: 'Of every type',
    options: [
      { type: 5, name: 'flag', description: 'x' },
      { type: 7, name: 'channel', description: 'x', channel_types: [0] },
      { type: 8, name: 'role', description: 'x' },
      { type: 9, name: 'mentionable', description: 'x' },
      { type: 10, name: 'number', description: 'x' },
      { type: 11, name: 'file', description: 'x' },
    ],
  },
  { name: 'setup', description: 'Setup', default_member_permissions: '32', contexts: [0] },
  { type: 2, name: 'Give karma' },
  { type: 3, name: 'Karma for this' },
];

/** A bot that has registered its commands, and what it needs to be used. */
async function commanded() {
  const discord = await stage.discord();
  const { botId } = discord.world;
  await restFor(discord).put(Routes.applicationCommands(botId), { body: COMMANDS });
  const ids = Object.fromEntries(discord.world.commands().map(({ name, id }) => [name, id]));
  const { guildId, channelId, authorId } = firstPlace(discord);
  const place = { memberId: authorId, channelId };
  const use = (command: string, options: object[] = [], more: object = {}): InvocationInput => ({
    kind: 'command',
    ...place,
    commandId: ids[command] ?? '',
    options: options as [],
    ...more,
  });
  return { discord, ids, place, use, guildId, channelId, authorId };
}

async function ask(discord: LocalDiscord, invocation: InvocationInput): Promise<Response> {
  return fetch(`${discord.url}/_local/interactions`, {
    method: 'POST',
    body: JSON.stringify(invocation),
    headers: { 'content-type': 'application/json' },
  });
}

async function outcome(discord: LocalDiscord, invocation: InvocationInput): Promise<Outcome> {
  const response = await ask(discord, invocation);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`refused with ${response.status}: ${JSON.stringify(body)}`);
  return outcomeSchema.parse(body);
}

/** Answers each interaction as it comes. */
function answering(
  discord: LocalDiscord,
  client: GatewayClient,
  body: (interaction: APIInteraction) => object,
) {
  client.manager.on('dispatch', (payload) => {
    if (payload.t === GatewayDispatchEvents.InteractionCreate)
      void answer(discord, payload.d, body(payload.d));
  });
}

const received = (client: GatewayClient): APIInteraction[] =>
  client.of(GatewayDispatchEvents.InteractionCreate).map(({ d }) => d);

async function commandsOf(discord: LocalDiscord, channelId: string, memberId: string) {
  const response = await fetch(`${discord.url}/_local/channels/${channelId}/commands?memberId=${memberId}`);
  return chatCommandsSchema.parse(await response.json());
}

test('a member sees the commands they may use there, in their language', async () => {
  const { discord, channelId, guildId } = await commanded();
  const { world } = discord;
  const [owner, moderator, member] = world.members().filter(({ bot }) => !bot);
  const names = async (id = '', where = channelId) =>
    (await commandsOf(discord, where, id)).map(({ kind, label }) => `${kind} ${label}`);
  const all = [
    'slash karma',
    'slash everything',
    'slash setup',
    'member Give karma',
    'message Karma for this',
  ];
  const forAnybody = all.filter((name) => name !== 'slash setup');
  expect(await names(owner?.id)).toEqual(all);
  expect(await names(moderator?.id)).toEqual(all);
  expect(await names(member?.id)).toEqual(forAnybody);
  world.setAdministrator(guildId, member?.id ?? '', true);
  expect(await names(member?.id)).toEqual(all);
  world.setAdministrator(guildId, member?.id ?? '', false);
  world.setLocale(member?.id ?? '', Locale.German);
  expect(await commandsOf(discord, channelId, member?.id ?? '')).toMatchObject([
    {
      name: 'karma',
      label: 'punkte',
      description: 'Punkte',
      options: [
        {
          name: 'give',
          options: [{ required: true }, { max: 10 }, { min: 1, max: 5 }, { choices: [{ name: 'Loud' }] }],
        },
        { name: 'thing', options: [{ autocomplete: true }] },
      ],
    },
    ...[{}, {}, {}],
  ]);
  // In direct messages there are those that are not for servers alone.
  expect(await names(owner?.id, world.dm(owner?.id ?? '').id)).toEqual(forAnybody);
});

test('a command arrives with its options, and what they name', async () => {
  const { discord, use, guildId, channelId } = await commanded();
  const { world } = discord;
  const [, target] = world.members().filter(({ bot }) => !bot);
  const role = world.guild(guildId)?.roles?.[0];
  const client = await stage.connected(discord);
  answering(discord, client, () => ({ type: 4, data: { content: 'given' } }));
  const give = [
    {
      name: 'give',
      options: [
        { name: 'amount', value: 2 },
        { name: 'to', value: target?.id },
      ],
    },
  ];
  const result = await outcome(discord, use('karma', give));
  expect(result).toMatchObject({ kind: 'replied', messageId: world.messages(channelId)[0]?.id ?? '' });
  expect(received(client)[0]?.data).toMatchObject({
    name: 'karma',
    type: 1,
    options: [
      {
        name: 'give',
        type: 1,
        options: [
          { name: 'to', type: 6, value: target?.id },
          { name: 'amount', type: 4, value: 2 },
        ],
      },
    ],
    resolved: {
      users: { [target?.id ?? '']: { username: 'bruno' } },
      members: { [target?.id ?? '']: { roles: [role?.id] } },
    },
  });
  expect(world.messages(channelId)[0]?.interaction?.commandName).toBe('karma give');

  const file = { filename: 'a.csv', contentType: 'text/csv', base64: Buffer.from('a,b').toString('base64') };
  await outcome(
    discord,
    use('everything', [
      { name: 'flag', value: false },
      { name: 'channel', value: channelId },
      { name: 'role', value: role?.id },
      { name: 'mentionable', value: target?.id },
      { name: 'number', value: 1.5 },
      { name: 'file', value: file },
    ]),
  );
  const data = received(client)[1]?.data;
  expect(data).toMatchObject({
    options: [{ value: false }, { value: channelId }, { value: role?.id }, {}, { value: 1.5 }, { type: 11 }],
    resolved: { channels: { [channelId]: { type: 0 } }, roles: { [role?.id ?? '']: { name: 'Moderators' } } },
  });
  const [url = ''] = /http[^"]+a\.csv/.exec(JSON.stringify(data)) ?? [];
  expect(await (await fetch(url)).text()).toBe('a,b');
});

test('what Discord would not let a member do is refused, and no interaction begins', async () => {
  const { discord, use, place, ids } = await commanded();
  const { world } = discord;
  const [, , member] = world.members().filter(({ bot }) => !bot);
  const to = { name: 'to', value: member?.id };
  const give = (...options: object[]) => use('karma', [{ name: 'give', options }]);
  const refused: [InvocationInput, number][] = [
    [use('karma'), 400],
    [give(), 400],
    [give(to, { name: 'reason', value: 'longer than ten' }), 400],
    [give(to, { name: 'amount', value: 6 }), 400],
    [give(to, { name: 'amount', value: 1.5 }), 400],
    [give(to, { name: 'how', value: 'quiet' }), 400],
    [give({ name: 'to', value: '1' }), 400],
    [give(to, { name: 'other', value: 'x' }), 400],
    [use('setup', [], { memberId: member?.id }), 403],
    [use('Give karma'), 400],
    [use('Give karma', [], { targetId: '1' }), 404],
    [use('karma', [], { commandId: '1' }), 404],
    [use('karma', [], { memberId: world.botId }), 404],
    [{ kind: 'component', ...place, messageId: '1', customId: 'x' }, 404],
    [{ kind: 'modal', memberId: place.memberId, interactionId: '1', values: {} }, 404],
    [{ kind: 'autocomplete', ...place, commandId: ids.karma ?? '', options: [] }, 400],
  ];
  for (const [invocation, status] of refused) {
    const response = await ask(discord, invocation);
    expect([invocation, response.status]).toEqual([invocation, status]);
  }
  expect(world.interactions.all()).toEqual([]);
});

test('the menus of members and messages carry what they were used on, even unreadable content', async () => {
  const { discord, use, channelId, authorId } = await commanded();
  const { world } = discord;
  const [, target] = world.members().filter(({ bot }) => !bot);
  const message = world.say({ channelId, authorId, content: 'fixed the build' });
  const client = await stage.connected(discord, { intents: 0 });
  answering(discord, client, () => ({ type: 5, data: { flags: MessageFlags.Ephemeral } }));
  await outcome(discord, use('Give karma', [], { targetId: target?.id }));
  await outcome(discord, use('Karma for this', [], { targetId: message.id }));
  expect(received(client).map(({ data }) => data)).toMatchObject([
    { type: 2, target_id: target?.id, resolved: { users: { [target?.id ?? '']: { username: 'bruno' } } } },
    {
      type: 3,
      target_id: message.id,
      resolved: { messages: { [message.id]: { content: 'fixed the build' } } },
    },
  ]);
});

test('suggestions are asked of the app, with what is written so far', async () => {
  const { discord, place, ids } = await commanded();
  const client = await stage.connected(discord);
  const choices = [{ name: 'the build', value: 'the build' }];
  answering(discord, client, () => ({ type: 8, data: { choices } }));
  const result = await outcome(discord, {
    kind: 'autocomplete',
    ...place,
    commandId: ids.karma ?? '',
    options: [{ name: 'thing', options: [{ name: 'what', value: 'bui', focused: true }] }],
  });
  expect(result).toMatchObject({ kind: 'suggested', choices });
  expect(received(client)[0]).toMatchObject({
    type: 4,
    data: { options: [{ options: [{ name: 'what', type: 3, value: 'bui', focused: true }] }] },
  });
});

test('buttons, selects and modals lead from one to the next', async () => {
  const { discord, use, place, channelId, authorId, guildId } = await commanded();
  const { world } = discord;
  const client = await stage.connected(discord);
  const board = {
    flags: MessageFlags.Ephemeral | MessageFlags.IsComponentsV2,
    components: [
      {
        type: 17,
        components: [
          {
            type: 9,
            components: [{ type: 10, content: 'Quota' }],
            accessory: { type: 2, style: 2, label: 'Change', custom_id: 'quota' },
          },
          { type: 1, components: [{ type: 6, custom_id: 'roles', min_values: 0, max_values: 2 }] },
        ],
      },
    ],
  };
  const input = { type: 4, custom_id: 'number', style: 1, max_length: 3 };
  const modal = {
    custom_id: 'm1',
    title: 'Quota',
    components: [{ type: 18, label: 'A day', component: input }],
  };
  answering(discord, client, ({ type, data }) => {
    if (type === 2) return { type: 4, data: board };
    if (type === 5) return { type: 7, data: { components: [{ type: 10, content: 'changed' }] } };
    return data && 'custom_id' in data && data.custom_id === 'quota' ? { type: 9, data: modal } : { type: 6 };
  });
  await outcome(discord, use('setup'));
  const [panel] = world.ephemerals(channelId, authorId);
  const component = { kind: 'component' as const, ...place, messageId: panel?.id ?? '' };
  const role = world.guild(guildId)?.roles?.[0]?.id ?? '';
  expect(await outcome(discord, { ...component, customId: 'roles', values: [role] })).toMatchObject({
    kind: 'updated',
  });
  expect(received(client)[1]?.data).toMatchObject({ values: [role], resolved: { roles: { [role]: {} } } });
  const opened = await outcome(discord, { ...component, customId: 'quota' });
  expect(opened).toMatchObject({ kind: 'modal', title: 'Quota', components: [{ component: input }] });
  const submit = (values: Record<string, string>): InvocationInput => ({
    kind: 'modal',
    memberId: authorId,
    interactionId: opened.interactionId,
    values,
  });
  expect((await ask(discord, submit({}))).status).toBe(400);
  expect((await ask(discord, submit({ number: '1234' }))).status).toBe(400);
  expect(await outcome(discord, submit({ number: '50' }))).toMatchObject({ kind: 'updated' });
  expect(received(client).at(-1)).toMatchObject({
    type: 5,
    data: { custom_id: 'm1', components: [{ type: 18, component: { custom_id: 'number', value: '50' } }] },
    message: { id: panel?.id },
  });
  expect(panel?.components).toMatchObject([{ type: 10, content: 'changed' }]);
  // Another member sees neither the panel nor what is on it.
  const [, other] = world.members().filter(({ bot }) => !bot);
  const foreign = await ask(discord, { ...component, memberId: other?.id ?? '', customId: 'quota' });
  expect(foreign.status).toBe(404);
});

test('an app that is silent fails its interactions', async () => {
  const { discord, use } = await commanded();
  discord.settings.interactionDeadlineMs = 20;
  expect(await outcome(discord, use('everything'))).toMatchObject({ kind: 'failed' });
});

test('another process uses commands too, strikes their answers, and sees what came of them', async () => {
  const { discord, use, guildId, authorId } = await commanded();
  const control = new LocalDiscordControl(discord.url);
  expect((await control.do({ do: 'commands' })).map(({ name }) => name)).toContain('karma');
  await control.do({ do: 'set-locale', memberId: authorId, locale: Locale.German });
  await control.do({ do: 'set-guild-locale', guildId, locale: Locale.French });
  await control.do({ do: 'set-administrator', guildId, memberId: authorId, isAdministrator: true });
  const client = await stage.connected(discord);
  const { id } = await control.do({ do: 'invoke', invocation: use('everything') });
  expect(await control.do({ do: 'interaction', id })).toMatchObject({ state: 'waiting', answerType: null });
  await until(() => received(client).length === 1);
  const [interaction] = received(client);
  expect(interaction).toMatchObject({ id, locale: 'de', guild_locale: 'fr' });
  const begun = { id, token: interaction?.token ?? '' };
  await control.do({ do: 'interaction-fault', fault: 'answered-before' });
  await expect(answer(discord, begun, { type: 5, data: { flags: 64 } })).rejects.toMatchObject({
    code: 40060,
  });
  await webhookOf(discord, begun).edit({ content: 'done' });
  await webhookOf(discord, begun).followUp({ content: 'and more' });
  expect(await control.do({ do: 'interaction', id })).toMatchObject({
    state: 'acknowledged',
    answerType: 5,
    original: { content: 'done', visibleTo: authorId },
    followUps: [{ content: 'and more' }],
  });
});
