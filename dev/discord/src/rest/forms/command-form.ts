import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ChannelType,
  InteractionContextType,
  Locale,
  RESTJSONErrorCodes,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { messageLength } from '../../message-length';
import type { CommandDefinition } from '../../world/command';
import { ApiError } from '../errors';
import { listOf, text, wholeNumber } from './fields';
import { readForm, refuse } from './form-errors';

/** How many commands of each type an app has at most. */
const MAX_COMMANDS: Readonly<Partial<Record<ApplicationCommandType, number>>> = {
  [ApplicationCommandType.ChatInput]: 100,
  [ApplicationCommandType.User]: 15,
  [ApplicationCommandType.Message]: 15,
};

/** Of names, descriptions and choices of one command together, each in its longest language. */
const MAX_COMMAND_SIZE = 8000;
const MAX_OPTIONS = 25;
const MAX_OPTION_TEXT = 6000;

/** @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
const SLASH_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]+$/u;

/**
 * Reads all commands of an app. Raises `ApiError` as Discord does: 50035 with every field that is wrong, 30032 for too
 * many.
 */
export function readCommands(body: unknown): CommandDefinition[] {
  const commands = readForm(commandsSchema, body);
  for (const [type, limit] of Object.entries(MAX_COMMANDS)) {
    if (commands.filter((command) => command.type === Number(type)).length <= limit) continue;
    throw new ApiError(
      400,
      RESTJSONErrorCodes.MaximumNumberOfApplicationCommandsReached,
      `Maximum number of application commands reached (${limit})`,
    );
  }
  return commands.map(definition);
}

const enumOf = <T extends Record<string, string | number>>(values: T) => z.enum(values);

const translations = (value: z.ZodType<string>) => z.partialRecord(enumOf(Locale), value).nullish();

const slashName = text(1, 32).superRefine((name, context) => {
  if (!SLASH_NAME.test(name)) {
    refuse(context, [], 'STRING_TYPE_REGEX', 'String value did not match validation regex.');
  } else if (name !== name.toLowerCase()) {
    refuse(context, [], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
});

const optionBase = {
  name: slashName,
  name_localizations: translations(slashName),
  description: text(1, 100),
  description_localizations: translations(text(1, 100)),
};

const required = { required: z.boolean().nullish() };

const choice = <T extends z.ZodType<string | number>>(value: T) =>
  z.object({ name: text(1, 100), name_localizations: translations(text(1, 100)), value });

const choices = <T extends z.ZodType<string | number>>(value: T) => ({
  choices: listOf(choice(value), 0, MAX_OPTIONS).nullish(),
  autocomplete: z.boolean().nullish(),
});

const bounds = (value: z.ZodType<number>) => ({
  ...choices(value),
  min_value: value.nullish(),
  max_value: value.nullish(),
});

const valueOptions = [
  z.object({
    type: z.literal(ApplicationCommandOptionType.String),
    ...optionBase,
    ...required,
    ...choices(text(1, 100)),
    min_length: wholeNumber(0, MAX_OPTION_TEXT).nullish(),
    max_length: wholeNumber(1, MAX_OPTION_TEXT).nullish(),
  }),
  z.object({
    type: z.literal(ApplicationCommandOptionType.Integer),
    ...optionBase,
    ...required,
    ...bounds(z.int()),
  }),
  z.object({
    type: z.literal(ApplicationCommandOptionType.Number),
    ...optionBase,
    ...required,
    ...bounds(z.number()),
  }),
  z.object({
    type: z.literal(ApplicationCommandOptionType.Channel),
    ...optionBase,
    ...required,
    channel_types: z.array(enumOf(ChannelType)).nullish(),
  }),
  z.object({
    type: z.literal([
      ApplicationCommandOptionType.Boolean,
      ApplicationCommandOptionType.User,
      ApplicationCommandOptionType.Role,
      ApplicationCommandOptionType.Mentionable,
      ApplicationCommandOptionType.Attachment,
    ]),
    ...optionBase,
    ...required,
  }),
] as const;

const valueOption = z.discriminatedUnion('type', valueOptions);

const subcommand = z.object({
  type: z.literal(ApplicationCommandOptionType.Subcommand),
  ...optionBase,
  options: optionList(valueOption).nullish(),
});

const subcommandGroup = z.object({
  type: z.literal(ApplicationCommandOptionType.SubcommandGroup),
  ...optionBase,
  options: optionList(subcommand).nullish(),
});

const anyOption = z.discriminatedUnion('type', [...valueOptions, subcommand, subcommandGroup]);
type AnyOption = z.infer<typeof anyOption>;

const commandSchema = z
  .object({
    type: z
      .literal([
        ApplicationCommandType.ChatInput,
        ApplicationCommandType.User,
        ApplicationCommandType.Message,
      ])
      .default(ApplicationCommandType.ChatInput),
    name: text(1, 32),
    name_localizations: translations(text(1, 32)),
    description: text(0, 100).nullish(),
    description_localizations: translations(text(1, 100)),
    options: optionList(anyOption).nullish(),
    default_member_permissions: z.union([z.string().regex(/^\d+$/), z.int()]).nullish(),
    dm_permission: z.boolean().nullish(),
    contexts: listOf(enumOf(InteractionContextType), 1, 3).nullish(),
    integration_types: listOf(enumOf(ApplicationIntegrationType), 1, 2).nullish(),
    nsfw: z.boolean().nullish(),
  })
  .superRefine((command, context) => {
    if (command.type === ApplicationCommandType.ChatInput) {
      checkSlashNames(command, context);
      const { description } = command;
      if (description === undefined || description === null) {
        refuse(context, ['description'], 'BASE_TYPE_REQUIRED', 'This field is required');
      } else if (description === '') {
        refuse(context, ['description'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
      }
    } else {
      // A menu has neither.
      const { description, options } = command;
      if (description)
        refuse(context, ['description'], 'BASE_TYPE_MAX_LENGTH', 'Must be 0 or fewer in length.');
      if (options?.length)
        refuse(context, ['options'], 'BASE_TYPE_MAX_LENGTH', 'Must be 0 or fewer in length.');
    }
    if (sizeOf(command) > MAX_COMMAND_SIZE) {
      refuse(
        context,
        [],
        'APPLICATION_COMMAND_TOO_LARGE',
        `Command exceeds maximum size (${MAX_COMMAND_SIZE})`,
      );
    }
  });

type CommandForm = z.infer<typeof commandSchema>;

const commandsSchema = z.array(commandSchema).superRefine((commands, context) => {
  const taken = new Set<string>();
  for (const [index, { type, name }] of commands.entries()) {
    const key = `${type}/${name}`;
    if (taken.has(key)) {
      refuse(
        context,
        [index, 'name'],
        'APPLICATION_COMMANDS_DUPLICATE_NAME',
        'Application command names must be unique',
      );
    }
    taken.add(key);
  }
});

function optionList<T extends z.ZodType<{ readonly type: number; readonly name: string }>>(option: T) {
  return listOf(option, 0, MAX_OPTIONS).superRefine(checkOptions);
}

function checkOptions(options: readonly object[], context: z.RefinementCtx): void {
  const names = new Set<string>();
  let sawOptional = false;
  const hasSubcommands = isSubcommand(options[0]);
  for (const [index, option] of options.entries()) {
    const name = 'name' in option ? String(option.name) : '';
    if (names.has(name)) {
      refuse(
        context,
        [index, 'name'],
        'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
        'Option name already exists',
      );
    }
    names.add(name);
    if (isSubcommand(option) !== hasSubcommands) {
      refuse(
        context,
        [index],
        'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
        'Sub-command and sub-command group option types are mutually exclusive to all other types',
      );
    }
    const isRequired = 'required' in option && option.required === true;
    if (isRequired && sawOptional) {
      refuse(
        context,
        [index],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    sawOptional ||= !isRequired;
    const hasChoices = 'choices' in option && Array.isArray(option.choices) && option.choices.length > 0;
    if (hasChoices && 'autocomplete' in option && option.autocomplete === true) {
      refuse(
        context,
        [index, 'choices'],
        'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE',
        'Options with autocomplete cannot have choices',
      );
    }
  }
}

function isSubcommand(option: object | undefined): boolean {
  return option !== undefined && 'type' in option && (option.type === 1 || option.type === 2);
}

function checkSlashNames(command: CommandForm, context: z.RefinementCtx): void {
  const names: [path: string[], name: string][] = [
    [['name'], command.name],
    ...Object.entries(command.name_localizations ?? {}).map(([locale, name]): [string[], string] => [
      ['name_localizations', locale],
      name,
    ]),
  ];
  for (const [path, name] of names) {
    const issues = slashName.safeParse(name).error?.issues ?? [];
    for (const { message, ...issue } of issues) {
      const code = issue.code === 'custom' ? String(issue.params?.code) : 'STRING_TYPE_REGEX';
      // The length has been refused already.
      if (!code.startsWith('BASE_TYPE')) refuse(context, path, code, message);
    }
  }
}

interface Sized {
  readonly name: string;
  readonly name_localizations?: Readonly<Record<string, string>> | null | undefined;
  readonly description?: string | null | undefined;
  readonly description_localizations?: Readonly<Record<string, string>> | null | undefined;
  readonly options?: readonly Sized[] | null | undefined;
  readonly choices?: readonly (Sized & { readonly value: string | number })[] | null | undefined;
}

/** How many characters of the 8,000 a command has used: each text in its longest language. */
function sizeOf(sized: Sized): number {
  const { name, name_localizations, description, description_localizations, options, choices } = sized;
  const own = longest(name, name_localizations) + longest(description ?? '', description_localizations);
  const ofChoices = (choices ?? []).map((each) => sizeOf(each) + messageLength(String(each.value)));
  return [...(options ?? []).map(sizeOf), ...ofChoices].reduce((sum, size) => sum + size, own);
}

function longest(text: string, translated: Readonly<Record<string, string>> | null | undefined): number {
  return Math.max(...[text, ...Object.values(translated ?? {})].map(messageLength));
}

/** What Discord keeps and returns: what was not said has its default or is left out. */
function definition(form: CommandForm): CommandDefinition {
  const { options } = form;
  const contexts = form.contexts ?? null;
  return {
    type: form.type,
    name: form.name,
    name_localizations: form.name_localizations ?? null,
    description: form.description ?? '',
    description_localizations: form.description_localizations ?? null,
    default_member_permissions:
      form.default_member_permissions === undefined || form.default_member_permissions === null
        ? null
        : String(form.default_member_permissions),
    dm_permission:
      contexts === null ? (form.dm_permission ?? true) : contexts.includes(InteractionContextType.BotDM),
    contexts,
    integration_types: form.integration_types ?? [ApplicationIntegrationType.GuildInstall],
    nsfw: form.nsfw ?? false,
    ...(options?.length ? { options: options.map(optionDefinition) } : {}),
  };
}

type OptionDefinition = NonNullable<CommandDefinition['options']>[number];

function optionDefinition(option: AnyOption): OptionDefinition {
  // Discord leaves out what is not given, and says neither null nor false: nothing else differs from the form.
  return JSON.parse(
    JSON.stringify(option, (_key, value: unknown) => (value === null || value === false ? undefined : value)),
  );
}
