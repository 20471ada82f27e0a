import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  InteractionType,
  type RESTPutAPIApplicationCommandsJSONBody,
} from 'discord.js';
import { formValues, type Interaction, type UsedOption } from '../../interactions/interaction';
import { give, take } from './give';
import { giveForMessage, giveForMessageForm } from './give-for-message';
import { help } from './help';
import { giveToMember, karmaOfMember } from './member-menu';
import { WHAT_NAME } from './options';
import { show } from './show';
import {
  type Buttons,
  type Form,
  type MenuCommand,
  type SlashAction,
  type Subcommand,
  say,
  type Use,
} from './slash-command';
import { thing } from './thing';
import { boardButtons, top } from './top';
import { undo } from './undo';

const NAME = 'karma';

/** The uses of `/karma`, in the order in which Discord shows them. To add one, write its file and name it here. */
const SUBCOMMANDS: readonly Subcommand[] = [give, take, thing, show, top, undo, help];

/** The commands in the menus of members and messages. */
const MENU_COMMANDS: readonly MenuCommand[] = [giveToMember, karmaOfMember, giveForMessage];

const FORMS: readonly Form[] = [giveForMessageForm];

const BUTTONS: readonly Buttons[] = [boardButtons];

/** In servers, where the app is installed for all. */
const IN_SERVERS = {
  contexts: [InteractionContextType.Guild],
  integration_types: [ApplicationIntegrationType.GuildInstall],
};

/** Every command as it is registered at Discord. */
export const COMMAND_DEFINITIONS: RESTPutAPIApplicationCommandsJSONBody = [
  {
    type: ApplicationCommandType.ChatInput,
    name: NAME,
    description: 'Give and take karma, and see who has how much',
    ...IN_SERVERS,
    options: SUBCOMMANDS.map(({ name, description, options = [] }) => ({
      type: ApplicationCommandOptionType.Subcommand as const,
      name,
      description,
      options: [...options],
    })),
  },
  ...MENU_COMMANDS.map(({ definition }) => ({ ...definition, ...IN_SERVERS })),
];

const UNKNOWN_COMMAND = say(
  'I do not know this command: it is older or newer than I am. Try again in some minutes, or restart Discord.',
);
const UNKNOWN_COMPONENT = say(
  'This is older or newer than I am, and I do not know what it does. Use the command again.',
);

type Values = ReadonlyMap<string, string | number | boolean>;

function valuesOf(options: readonly UsedOption[] | null | undefined): Values {
  const values = new Map<string, string | number | boolean>();
  for (const { name, value } of options ?? []) if (value != null) values.set(name, value);
  return values;
}

function commandAction(interaction: Interaction, userId: string): SlashAction {
  const { data } = interaction;
  if (data?.type === ApplicationCommandType.ChatInput) {
    const used = data.name === NAME ? data.options?.[0] : undefined;
    const command = SUBCOMMANDS.find(({ name }) => name === used?.name);
    return command?.run({ interaction, userId, values: valuesOf(used?.options) }) ?? UNKNOWN_COMMAND;
  }
  const command = MENU_COMMANDS.find(
    ({ definition }) => definition.type === data?.type && definition.name === data.name,
  );
  if (command === undefined || !data?.target_id) return UNKNOWN_COMMAND;
  return command.run({ interaction, userId, values: new Map() }, data.target_id);
}

function formAction(interaction: Interaction, userId: string): SlashAction {
  const customId = interaction.data?.custom_id ?? '';
  const form = FORMS.find(({ prefix }) => customId.startsWith(`${prefix}:`));
  const use: Use = { interaction, userId, values: formValues(interaction) };
  return form?.submit(use, customId.slice(form.prefix.length + 1)) ?? UNKNOWN_COMPONENT;
}

function buttonAction({ data }: Interaction): SlashAction {
  const customId = data?.custom_id ?? '';
  const buttons = BUTTONS.find(({ prefix }) => customId.startsWith(`${prefix}:`));
  return buttons?.press(customId.slice(buttons.prefix.length + 1)) ?? UNKNOWN_COMPONENT;
}

/** What the use of a command, a component or a form comes to; undefined for what is none of these. Pure. */
export function slashAction(interaction: Interaction, userId: string): SlashAction | undefined {
  switch (interaction.type) {
    case InteractionType.ApplicationCommand:
      return commandAction(interaction, userId);
    case InteractionType.ModalSubmit:
      return formAction(interaction, userId);
    case InteractionType.MessageComponent:
      return buttonAction(interaction);
    default:
      return undefined;
  }
}

/** What a member has typed of the name of a subject, for which there are suggestions; undefined where they type anything else. */
export function typedSubject({ type, data }: Interaction): string | undefined {
  if (type !== InteractionType.ApplicationCommandAutocomplete) return undefined;
  const focused = data?.options?.[0]?.options?.find((option) => option.focused === true);
  return focused?.name === WHAT_NAME && typeof focused.value === 'string' ? focused.value : undefined;
}
