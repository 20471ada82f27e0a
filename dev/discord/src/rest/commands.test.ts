import { afterEach, expect, test } from 'bun:test';
import {
  type APIApplicationCommand,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  PermissionFlagsBits,
  Routes,
} from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { QUICK, restFor, Stage } from '../testing/real-clients';
import { errorsOf, refusal } from '../testing/rest-requests';

const stage = new Stage();
afterEach(() => stage.clear());

const route = ({ world }: LocalDiscord) => Routes.applicationCommands(world.botId);

async function register(discord: LocalDiscord, body: unknown): Promise<APIApplicationCommand[]> {
  return (await restFor(discord).put(route(discord), { body })) as APIApplicationCommand[];
}

async function registered(discord: LocalDiscord): Promise<APIApplicationCommand[]> {
  return (await restFor(discord).get(route(discord))) as APIApplicationCommand[];
}

const issue = (code: string, message: string) => ({ _errors: [{ code, message }] });

const KARMA = {
  name: 'karma',
  name_localizations: { de: 'punkte' },
  description: 'Give karma, and see it',
  options: [
    {
      type: ApplicationCommandOptionType.Subcommand,
      name: 'give',
      description: 'Give a member karma',
      options: [
        { type: ApplicationCommandOptionType.User, name: 'to', description: 'Whom', required: true },
        {
          type: ApplicationCommandOptionType.Integer,
          name: 'amount',
          description: 'How much',
          min_value: 0,
          max_value: 5,
        },
        { type: ApplicationCommandOptionType.String, name: 'what', description: 'x', autocomplete: true },
      ],
    },
  ],
};

test('commands are registered all at once, and answered with what Discord adds', async () => {
  const discord = await stage.discord();
  const menu = { type: ApplicationCommandType.User, name: 'Give karma' };
  const setup = {
    name: 'karma-setup',
    description: 'Settings',
    contexts: [0],
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
  };
  const [karma, ...others] = await register(discord, [KARMA, menu, setup]);
  expect(karma).toMatchObject({ ...KARMA, type: 1, application_id: discord.world.botId, contexts: null });
  expect(others.map(({ name, type, description, contexts }) => [name, type, description, contexts])).toEqual([
    ['Give karma', 2, '', null],
    ['karma-setup', 1, 'Settings', [0]],
  ]);
  expect(others.map((command) => command.default_member_permissions)).toEqual([null, '32']);

  const [listed] = await registered(discord);
  expect(listed).toMatchObject({ id: karma?.id, name: 'karma' });
  expect(listed).not.toHaveProperty('name_localizations');
  expect(
    await restFor(discord).get(route(discord), {
      query: new URLSearchParams({ with_localizations: 'true' }),
    }),
  ).toMatchObject([{ name_localizations: { de: 'punkte' } }, {}, {}]);
});

test('a command that stays keeps its id, and its version changes only when it does', async () => {
  const discord = await stage.discord();
  const other = { name: 'other', description: 'x' };
  const [first] = await register(discord, [KARMA, other]);
  const [same] = await register(discord, [KARMA]);
  expect([same?.id, same?.version]).toEqual([first?.id, first?.version]);
  expect((await registered(discord)).map(({ name }) => name)).toEqual(['karma']);
  const [changed] = await register(discord, [{ ...KARMA, description: 'Better' }]);
  expect(changed?.id).toBe(first?.id ?? '');
  expect(changed?.version).not.toBe(first?.version);
  // The same name in a menu is another command.
  const [, menu] = await register(discord, [KARMA, { type: ApplicationCommandType.Message, name: 'karma' }]);
  expect(menu?.id).not.toBe(first?.id);
  expect(await register(discord, [])).toEqual([]);
});

test('what is wrong with commands is said field by field, all at once', async () => {
  const discord = await stage.discord();
  const string = ApplicationCommandOptionType.String;
  const option = (name: string, more = {}) => ({ type: string, name, description: 'x', ...more });
  const errors = await errorsOf(
    register(discord, [
      { name: 'Karma', description: 'x' },
      { name: 'two words' },
      { name: 'x'.repeat(33), description: '' },
      { name: 'long', description: 'x'.repeat(101) },
      { name: 'order', description: 'x', options: [option('a'), option('b', { required: true })] },
      { name: 'twice', description: 'x', options: [option('a'), option('a')] },
      {
        name: 'mixed',
        description: 'x',
        options: [option('a'), { type: 1, name: 'b', description: 'x' }],
      },
      { name: 'types', description: 'x', options: [option('a', { choices: 'x' }), { type: 42, name: 'b' }] },
      { type: ApplicationCommandType.User, name: 'Menu', description: 'not allowed' },
      { type: 9, name: 'x' },
    ]),
  );
  expect(errors).toEqual({
    0: { name: issue('APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid') },
    1: {
      name: issue('STRING_TYPE_REGEX', 'String value did not match validation regex.'),
      description: issue('BASE_TYPE_REQUIRED', 'This field is required'),
    },
    2: {
      name: issue('BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 32 in length.'),
      description: issue('BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.'),
    },
    3: { description: issue('BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.') },
    4: {
      options: {
        1: issue(
          'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
          'Required options must be placed before non-required options',
        ),
      },
    },
    5: {
      options: {
        1: { name: issue('APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', 'Option name already exists') },
      },
    },
    6: {
      options: {
        1: issue(
          'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
          'Sub-command and sub-command group option types are mutually exclusive to all other types',
        ),
      },
    },
    7: {
      options: {
        0: { choices: issue('LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType') },
        1: { type: issue('BASE_TYPE_CHOICES', 'Value is none of those that are allowed here.') },
      },
    },
    8: { description: issue('BASE_TYPE_MAX_LENGTH', 'Must be 0 or fewer in length.') },
    9: { type: issue('BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3}.') },
  });
  const twice = { name: 'twice', description: 'x' };
  expect(await errorsOf(register(discord, [twice, twice]))).toEqual({
    1: { name: issue('APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique') },
  });
  expect(await registered(discord)).toEqual([]);
});

test('a command has no more than 25 options and 8,000 characters, in its longest language', async () => {
  const discord = await stage.discord();
  const options = Array.from({ length: 26 }, (_, n) => ({
    type: ApplicationCommandOptionType.String,
    name: `option${n}`,
    description: 'x',
  }));
  const tooMany = register(discord, [{ name: 'a', description: 'x', options }]);
  expect(await errorsOf(tooMany)).toEqual({
    0: { options: issue('BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.') },
  });
  const choices = Array.from({ length: 25 }, (_, n) => ({
    name: `${n}`,
    name_localizations: { fr: 'x'.repeat(100) },
    value: 'y'.repeat(100),
  }));
  const wide = (count: number) => ({
    name: 'a',
    description: 'x',
    options: options.slice(0, count).map((option) => ({ ...option, choices })),
  });
  expect(await errorsOf(register(discord, [wide(2)]))).toEqual({
    0: issue('APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)'),
  });
  expect(await register(discord, [wide(1)])).toHaveLength(1);
});

test('there are limits to how many, of each type and of those that are new in a day', async () => {
  const discord = await stage.discord({ ...QUICK, commandCreatesPerDay: 120 });
  const slash = (count: number, prefix = 'c') =>
    Array.from({ length: count }, (_, n) => ({ name: `${prefix}${n}`, description: 'x' }));
  const menus = Array.from({ length: 16 }, (_, n) => ({ type: 2, name: `Menu ${n}` }));
  expect(await refusal(register(discord, slash(101)))).toEqual({ status: 400, code: 30032 });
  expect(await refusal(register(discord, menus))).toEqual({ status: 400, code: 30032 });
  await register(discord, slash(100));
  // These exist.
  await register(discord, slash(100));
  expect(await refusal(register(discord, slash(21, 'new')))).toEqual({ status: 400, code: 30034 });
  await register(discord, slash(20, 'new'));
});

test('another application, and one without a token, may do nothing', async () => {
  const discord = await stage.discord();
  const others = Routes.applicationCommands('123456789012345678');
  expect(await refusal(restFor(discord).put(others, { body: [] }))).toEqual({ status: 403, code: 20012 });
  expect(await refusal(restFor(discord, 'wrong').get(route(discord)))).toEqual({ status: 401, code: 0 });
});
