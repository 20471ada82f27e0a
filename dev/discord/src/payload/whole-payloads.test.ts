/**
 * Every response and dispatch has each field that Discord's own description (its OpenAPI document, as schemas) requires.
 * The description leaves the gateway out: there the compiler holds the payloads to `discord-api-types`
 * (`typedDispatch`), and what they carry of REST's objects is checked here.
 */
import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import * as spec from 'discord-api-spec/zod';
import { GatewayDispatchEvents, GatewayIntentBits, Locale, MessageFlags } from 'discord-api-types/v10';
import { z } from 'zod';
import type { LocalDiscord } from '../local-discord';
import { restRoutes } from '../rest/api';
import { askForSuggestions, pressButton, submitModal, useCommand } from '../testing/interactions';
import { firstPlace, QUICK, Stage } from '../testing/real-clients';
import type { Interaction } from '../world/interaction';

const stage = new Stage();
afterEach(() => stage.clear());

const id = z.string().regex(/^\d+$/);
const nothing = z.literal('');
/** The description has numbers for the codes of fields, where Discord sends words. */
const refusal = z.object({ code: z.int(), message: z.string() });
const message = spec.MessageResponseSchema;
const channel = z.union([
  spec.GuildChannelResponseSchema,
  spec.ThreadResponseSchema,
  spec.PrivateChannelResponseSchema,
]);

/** One of everything that payloads tell apart. */
function furnish(discord: LocalDiscord) {
  const { world } = discord;
  const { guildId, channelId, authorId } = firstPlace(discord);
  const category = world.addChannel({ guildId, name: 'category', kind: 'category' });
  const made = (['announcement', 'voice', 'forum'] as const).map((kind) =>
    world.addChannel({ guildId, name: kind, kind, parentId: category.id }),
  );
  const thread = world.addChannel({ guildId, name: 'thread', kind: 'thread', parentId: made[2]?.id });
  const dm = world.dm(authorId);
  const own = world.say({ channelId, authorId: world.botId, content: 'own', nonce: '1' });
  const reply = world.say({ channelId, authorId, content: `for <@${world.botId}>`, replyTo: own.id });
  const removed = world.say({ channelId, authorId, content: 'soon gone' });
  world.say({ channelId, authorId, content: 'about nothing', replyTo: removed.id });
  world.remove(channelId, removed.id);
  world.removeAll(
    channelId,
    ['one', 'other'].map((content) => world.say({ channelId, authorId, content }).id),
  );
  world.say({ channelId, authorId, content: 'by a webhook', webhookId: '1087654321098765432' });
  world.react(channelId, reply.id, authorId, '🎉');
  world.react(channelId, reply.id, world.botId, 'party:123456789012345678');
  world.unreact(channelId, reply.id, authorId, '🎉');
  world.edit(channelId, reply.id, 'edited');
  world.say({ channelId: dm.id, authorId, content: 'in private' });
  const file = world.files.add({
    filename: 'a.png',
    contentType: 'image/png',
    bytes: new Uint8Array(3),
    description: 'a picture',
  });
  world.say({ channelId, authorId: world.botId, content: '', attachments: [file] });
  world.say({ channelId: thread.id, authorId, content: 'in a thread' });
  world.typing(channelId, authorId);
  world.deny(made[1]?.id ?? '', 'AddReactions');
  world.deny(thread.id, 'AddReactions');
  const channelIds = [channelId, ...made.map((one) => one.id), thread.id, dm.id, category.id];
  return { guildId, channelId, authorId, channelIds, dm, own, reply, botId: world.botId, discord };
}

type Furniture = ReturnType<typeof furnish>;

/** One of every kind of component. */
const COMPONENTS = [
  {
    type: 17,
    components: [
      { type: 10, content: 'text' },
      {
        type: 9,
        components: [{ type: 10, content: 'x' }],
        accessory: { type: 2, style: 1, label: 'x', custom_id: 'a' },
      },
      {
        type: 9,
        components: [{ type: 10, content: 'x' }],
        accessory: { type: 11, media: { url: 'https://example.org/a.png' } },
      },
      { type: 12, items: [{ media: { url: 'https://example.org/a.png' } }] },
      { type: 14 },
      { type: 1, components: [{ type: 2, style: 5, emoji: { name: '🎉' }, url: 'https://example.org' }] },
      {
        type: 1,
        components: [{ type: 3, custom_id: 'b', options: [{ label: 'x', value: 'x', default: true }] }],
      },
      ...[5, 6, 7, 8].map((type) => ({
        type: 1,
        components: [{ type, custom_id: `c${type}`, min_values: 0 }],
      })),
    ],
  },
];

/** Commands with options of every type. */
const COMMANDS = [
  {
    name: 'all',
    name_localizations: { de: 'alles' },
    description: 'x',
    options: [
      {
        type: 3,
        name: 'string',
        description: 'x',
        required: true,
        choices: [{ name: 'one', name_localizations: { de: 'eins' }, value: '1' }],
        min_length: 1,
        max_length: 9,
      },
      { type: 4, name: 'integer', description: 'x', min_value: 0, max_value: 9 },
      { type: 10, name: 'number', description: 'x', autocomplete: true },
      { type: 7, name: 'channel', description: 'x', channel_types: [0, 5] },
      ...[5, 6, 8, 9, 11].map((type) => ({ type, name: `type${type}`, description: 'x' })),
    ],
  },
  {
    name: 'deep',
    description: 'x',
    options: [
      {
        type: 2,
        name: 'group',
        description: 'x',
        options: [
          { type: 1, name: 'sub', description: 'x', options: [{ type: 3, name: 'x', description: 'x' }] },
        ],
      },
    ],
    default_member_permissions: '32',
    contexts: [0],
    nsfw: false,
  },
  { type: 2, name: 'On a member' },
  { type: 3, name: 'On a message' },
];

const MODAL = {
  custom_id: 'm1:x',
  title: 'Why?',
  components: [{ type: 18, label: 'Reason', component: { type: 4, custom_id: 'r', style: 1 } }],
};

/** A command that has a reply already. */
function replied(discord: LocalDiscord): Interaction {
  const { world } = discord;
  const interaction = useCommand(discord);
  const original = world.say({
    channelId: interaction.channelId,
    authorId: world.botId,
    content: 'x',
    interaction: { id: interaction.id, type: 2, userId: interaction.userId, commandName: 'karma' },
  });
  world.interactions.acknowledge(interaction, { type: 4 }, original);
  return interaction;
}

/** For each route what it answers with, and requests for every form of that. */
const RESPONSES: Record<
  string,
  { schema: z.core.$ZodType; ask(f: Furniture): [path: string, body?: object][] }
> = {
  'GET /gateway': { schema: spec.GatewayResponseSchema, ask: () => [['/gateway']] },
  'GET /gateway/bot': { schema: spec.GatewayBotResponseSchema, ask: () => [['/gateway/bot']] },
  'GET /users/@me/guilds': {
    schema: z.array(spec.MyGuildResponseSchema),
    ask: () => [['/users/@me/guilds'], ['/users/@me/guilds?with_counts=true']],
  },
  'GET /users/@me': { schema: spec.UserPIIResponseSchema, ask: () => [['/users/@me']] },
  'GET /applications/@me': {
    schema: spec.PrivateApplicationResponseSchema,
    ask: () => [['/applications/@me']],
  },
  'POST /users/@me/channels': {
    schema: spec.PrivateChannelResponseSchema,
    ask: ({ authorId }) => [['/users/@me/channels', { recipient_id: authorId }]],
  },
  'GET /guilds/:guildId': {
    schema: spec.GuildResponseSchema,
    ask: ({ guildId }) => [[`/guilds/${guildId}`]],
  },
  'GET /guilds/:guildId/members/:userId': {
    schema: spec.GuildMemberResponseSchema,
    ask: ({ guildId, authorId }) => [[`/guilds/${guildId}/members/${authorId}`]],
  },
  'GET /guilds/:guildId/channels': {
    schema: z.array(spec.GuildChannelResponseSchema),
    ask: ({ guildId }) => [[`/guilds/${guildId}/channels`]],
  },
  'GET /guilds/:guildId/threads/active': {
    schema: spec.ThreadsResponseSchema,
    ask: ({ guildId }) => [[`/guilds/${guildId}/threads/active`]],
  },
  'GET /channels/:channelId/threads/archived/public': {
    schema: spec.ThreadsResponseSchema,
    ask: ({ channelIds }) => [[`/channels/${channelIds[3]}/threads/archived/public`]],
  },
  'GET /channels/:channelId/users/@me/threads/archived/private': {
    schema: spec.ThreadsResponseSchema,
    ask: ({ channelId }) => [[`/channels/${channelId}/users/@me/threads/archived/private`]],
  },
  'GET /channels/:channelId': {
    schema: channel,
    ask: ({ channelIds }) => channelIds.map((one) => [`/channels/${one}`]),
  },
  'POST /channels/:channelId/typing': {
    schema: nothing,
    ask: ({ channelId }) => [[`/channels/${channelId}/typing`]],
  },
  'GET /channels/:channelId/messages': {
    schema: z.array(message),
    ask: ({ channelIds }) => channelIds.map((one) => [`/channels/${one}/messages`]),
  },
  'GET /channels/:channelId/messages/:messageId': {
    schema: message,
    ask: ({ channelId, reply }) => [[`/channels/${channelId}/messages/${reply.id}`]],
  },
  'POST /channels/:channelId/messages': {
    schema: message,
    ask: ({ channelId, dm, reply }) => [
      [`/channels/${channelId}/messages`, { content: 'x', nonce: '5', enforce_nonce: true }],
      [`/channels/${channelId}/messages`, { content: 'x', message_reference: { message_id: reply.id } }],
      [`/channels/${dm.id}/messages`, { content: 'x' }],
      [`/channels/${channelId}/messages`, { flags: MessageFlags.IsComponentsV2, components: COMPONENTS }],
    ],
  },
  'PATCH /channels/:channelId/messages/:messageId': {
    schema: message,
    ask: ({ channelId, own }) => [[`/channels/${channelId}/messages/${own.id}`, { content: 'edited' }]],
  },
  'PUT /channels/:channelId/messages/:messageId/reactions/:emoji/@me': {
    schema: nothing,
    ask: ({ channelId, reply }) => [[`/channels/${channelId}/messages/${reply.id}/reactions/✅/@me`]],
  },
  'DELETE /channels/:channelId/messages/:messageId/reactions/:emoji/@me': {
    schema: nothing,
    ask: ({ channelId, reply }) => [[`/channels/${channelId}/messages/${reply.id}/reactions/✅/@me`]],
  },
  'PUT /applications/:applicationId/commands': {
    schema: z.array(spec.ApplicationCommandResponseSchema),
    ask: ({ botId }) => [[`/applications/${botId}/commands`, COMMANDS]],
  },
  'GET /applications/:applicationId/commands': {
    schema: z.array(spec.ApplicationCommandResponseSchema),
    ask: ({ botId }) => [
      [`/applications/${botId}/commands`],
      [`/applications/${botId}/commands?with_localizations=true`],
    ],
  },
  'POST /interactions/:interactionId/:token/callback': {
    schema: z.union([nothing, spec.InteractionCallbackResponseSchema]),
    ask: ({ discord }) => {
      const press = pressButton(discord);
      discord.world.interactions.acknowledge(press, { type: 6 }, press.message);
      const callbacks: [Interaction, object][] = [
        [useCommand(discord), { type: 4, data: { content: 'x' } }],
        [useCommand(discord), { type: 4, data: { content: 'x', flags: 64 } }],
        [useCommand(discord), { type: 5 }],
        [pressButton(discord), { type: 4, data: { content: 'x' } }],
        [pressButton(discord), { type: 6 }],
        [pressButton(discord), { type: 7, data: { content: 'x' } }],
        [pressButton(discord), { type: 9, data: MODAL }],
        [askForSuggestions(discord), { type: 8, data: { choices: [{ name: 'x', value: 'x' }] } }],
        [submitModal(discord, press), { type: 4, data: { content: 'x' } }],
      ];
      return callbacks.flatMap(([{ id, token }, body], n): [string, object][] => [
        [`/interactions/${id}/${token}/callback${n === 0 ? '' : '?with_response=true'}`, body],
      ]);
    },
  },
  'POST /webhooks/:applicationId/:token': {
    schema: message,
    ask: ({ botId, discord }) => [[`/webhooks/${botId}/${replied(discord).token}`, { content: 'x' }]],
  },
  'GET /webhooks/:applicationId/:token/messages/:messageId': {
    schema: message,
    ask: ({ botId, discord }) => [[`/webhooks/${botId}/${replied(discord).token}/messages/@original`]],
  },
  'PATCH /webhooks/:applicationId/:token/messages/:messageId': {
    schema: message,
    ask: ({ botId, discord }) => [
      [`/webhooks/${botId}/${replied(discord).token}/messages/@original`, { content: 'x' }],
    ],
  },
  'DELETE /webhooks/:applicationId/:token/messages/:messageId': {
    schema: nothing,
    ask: ({ botId, discord }) => [[`/webhooks/${botId}/${replied(discord).token}/messages/@original`]],
  },
  // The last one: what it deletes is asked for above.
  'DELETE /channels/:channelId/messages/:messageId': {
    schema: nothing,
    ask: ({ channelId, own }) => [[`/channels/${channelId}/messages/${own.id}`]],
  },
};

const guildMember = spec.GuildMemberResponseSchema;
const inGuild = z.object({ guild_id: id });
const isReaction = z.object({
  user_id: id,
  channel_id: id,
  message_id: id,
  burst: z.boolean(),
  type: z.int(),
});
const reaction = isReaction.extend({ emoji: spec.MessageReactionEmojiResponseSchema });
const unavailable = z.object({ id, unavailable: z.literal(true) });

const DISPATCHES: Partial<Record<GatewayDispatchEvents, z.core.$ZodType>> = {
  READY: z.object({
    v: z.literal(10),
    user: spec.UserResponseSchema,
    guilds: z.array(unavailable),
    session_id: z.string(),
    resume_gateway_url: z.string(),
    application: z.object({ id, flags: z.int() }),
  }),
  GUILD_CREATE: z.intersection(
    spec.GuildResponseSchema,
    z.object({
      joined_at: z.string(),
      large: z.boolean(),
      member_count: z.int(),
      voice_states: z.array(z.never()),
      members: z.array(guildMember),
      channels: z.array(spec.GuildChannelResponseSchema),
      threads: z.array(spec.ThreadResponseSchema),
      presences: z.array(z.never()),
      stage_instances: z.array(z.never()),
      guild_scheduled_events: z.array(z.never()),
      soundboard_sounds: z.array(z.never()),
    }),
  ),
  GUILD_UPDATE: spec.GuildResponseSchema,
  GUILD_ROLE_CREATE: z.object({ guild_id: id, role: spec.GuildRoleResponseSchema }),
  GUILD_MEMBER_UPDATE: z.intersection(guildMember, inGuild),
  GUILD_DELETE: z.object({ id }),
  GUILD_MEMBER_ADD: z.intersection(guildMember, inGuild),
  CHANNEL_CREATE: spec.GuildChannelResponseSchema,
  CHANNEL_UPDATE: spec.GuildChannelResponseSchema,
  THREAD_CREATE: spec.ThreadResponseSchema,
  THREAD_UPDATE: spec.ThreadResponseSchema,
  MESSAGE_CREATE: message,
  MESSAGE_UPDATE: message,
  MESSAGE_DELETE: z.object({ id, channel_id: id }),
  MESSAGE_DELETE_BULK: z.object({ ids: z.array(id).min(1), channel_id: id, guild_id: id }),
  MESSAGE_REACTION_ADD: reaction.extend({ member: guildMember }),
  MESSAGE_REACTION_REMOVE: reaction,
  INTERACTION_CREATE: z.object({
    id,
    application_id: id,
    type: z.int().min(2).max(5),
    data: z.object({}),
    token: z.string(),
    version: z.literal(1),
    channel_id: id,
    channel,
    app_permissions: id,
    locale: z.string(),
    entitlements: z.array(z.never()),
    authorizing_integration_owners: z.record(z.string(), id),
    context: z.int().min(0).max(2),
    attachment_size_limit: z.int(),
    guild_id: id,
    guild: z.object({ id, locale: z.string(), features: z.array(z.string()) }),
    guild_locale: z.string(),
    member: z.intersection(guildMember, z.object({ permissions: id })),
    message: z.optional(message),
  }),
  TYPING_START: z.object({ channel_id: id, user_id: id, timestamp: z.int() }),
};

/** What a payload lacks or has wrong, by path. Discord writes times with an offset, which the schemas do not expect. */
function wrongIn(schema: z.core.$ZodType, payload: unknown): string[] {
  const issues = z.safeParse(schema, payload).error?.issues ?? [];
  return issues
    .filter((issue) => !(issue.code === 'invalid_format' && issue.format === 'datetime'))
    .map(
      (issue) =>
        `${issue.path.join('.')}: ${issue.message} ${'errors' in issue ? JSON.stringify(issue.errors) : ''}`,
    );
}

test('every response has all that Discord requires of it', async () => {
  const routes = restRoutes.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(RESPONSES).toSorted()).toEqual(routes.toSorted());
  const discord = await stage.discord();
  const furniture = furnish(discord);
  const wrong: string[] = [];
  for (const [route, { schema, ask }] of Object.entries(RESPONSES)) {
    for (const [path, body] of ask(furniture)) {
      const response = await fetch(`${discord.apiUrl}/v10${path}`, {
        method: route.split(' ')[0] ?? '',
        headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      expect([route, response.status]).toEqual([route, text === '' ? 204 : 200]);
      const payload: unknown = text === '' ? '' : JSON.parse(text);
      wrong.push(...wrongIn(schema, payload).map((what) => `${route} ${what}`));
    }
  }
  expect(wrong).toEqual([]);
});

test('every refusal has a code and a message', async () => {
  const discord = await stage.discord();
  const { channelId, reply } = furnish(discord);
  const refused: [method: string, path: string, body?: string][] = [
    ['GET', '/nothing'],
    ['PATCH', '/gateway'],
    ['GET', '/channels/1'],
    ['GET', '/channels/x'],
    ['GET', `/channels/${channelId}/messages/1`],
    ['PATCH', `/channels/${channelId}/messages/${reply.id}`, '{"content":"x"}'],
    ['POST', `/channels/${channelId}/messages`, '{"content":""}'],
    ['POST', `/channels/${channelId}/messages`, '{"content":1}'],
    ['POST', `/channels/${channelId}/messages`, '{'],
    ['PUT', `/channels/${channelId}/messages/${reply.id}/reactions/x/@me`],
  ];
  for (const [method, path, body] of refused) {
    const response = await fetch(`${discord.apiUrl}/v10${path}`, {
      method,
      headers: { authorization: `Bot ${discord.token}` },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect([path, wrongIn(refusal, await response.json())]).toEqual([path, []]);
  }
});

test('every dispatch has all that Discord requires of it', async () => {
  const intents = Object.values(GatewayIntentBits)
    .filter((bit) => typeof bit === 'number')
    .reduce((all, bit) => all | bit, 0);
  const discord = await stage.discord({ ...QUICK, privilegedIntents: intents });
  // Before the bot is there, so that GUILD_CREATE has all of it, and after.
  furnish(discord);
  const client = await stage.connected(discord, { intents });
  const { guildId, authorId } = furnish(discord);
  const { world } = discord;
  submitModal(discord, pressButton(discord));
  askForSuggestions(discord);
  replied(discord);
  world.setAdministrator(guildId, authorId, true);
  world.setAdministrator(guildId, authorId, false);
  world.setGuildLocale(guildId, Locale.French);
  const guild = world.addGuild({ name: 'New' });
  world.addMember({ name: 'Grace' });
  world.removeGuild(guild.id);
  await until(() => client.of(GatewayDispatchEvents.GuildDelete).length > 0, 'the last dispatch');
  const events = new Set<string>(client.dispatches.map(({ t }) => t));
  expect([...events].toSorted()).toEqual(Object.keys(DISPATCHES).toSorted());
  const wrong = client.dispatches.flatMap(({ t, d }) =>
    wrongIn(DISPATCHES[t] ?? z.never(), d).map((what) => `${t} ${what}`),
  );
  expect([...new Set(wrong)]).toEqual([]);
});
