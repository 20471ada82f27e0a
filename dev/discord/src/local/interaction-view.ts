import type { APIApplicationCommandOption, Locale, LocalizationMap } from 'discord-api-types/v10';
import { InteractionResponseType } from 'discord-api-types/v10';
import type { ChatCommand, ChatOption, Outcome } from '../interaction-contract';
import type { Command } from '../world/command';
import type { Interaction } from '../world/interaction';
import { kindOf } from './command-access';

/** A command as a member with this language reads it. */
export function chatCommand(command: Command, locale: Locale | undefined): ChatCommand {
  const { id, name, description } = command;
  return {
    id,
    kind: kindOf(command),
    name,
    label: translated(name, command.name_localizations, locale),
    description: translated(description, command.description_localizations, locale),
    options: (command.options ?? []).map((option) => chatOption(option, locale)),
  };
}

function chatOption(option: APIApplicationCommandOption, locale: Locale | undefined): ChatOption {
  const { type, name, description } = option;
  const choices = 'choices' in option ? (option.choices ?? []) : [];
  return {
    type,
    name,
    label: translated(name, option.name_localizations, locale),
    description: translated(description, option.description_localizations, locale),
    required: option.required ?? false,
    autocomplete: 'autocomplete' in option && option.autocomplete === true,
    choices: choices.map((choice) => ({
      name: translated(choice.name, choice.name_localizations, locale),
      value: choice.value,
    })),
    min: bound(option, 'min_value', 'min_length'),
    max: bound(option, 'max_value', 'max_length'),
    options: 'options' in option ? (option.options ?? []).map((each) => chatOption(each, locale)) : [],
  };
}

function bound(option: object, ...names: readonly string[]): number | null {
  const found = names
    .map((name): unknown => Reflect.get(option, name))
    .find((value) => typeof value === 'number');
  return typeof found === 'number' ? found : null;
}

function translated(
  text: string,
  translations: LocalizationMap | null | undefined,
  locale: Locale | undefined,
): string {
  return (locale && translations?.[locale]) ?? text;
}

/** What came of an interaction that waits no longer. */
export function outcomeOf({ id: interactionId, answer, original }: Interaction): Outcome {
  switch (answer?.type) {
    case undefined:
      return { kind: 'failed', interactionId };
    case InteractionResponseType.ChannelMessageWithSource:
    case InteractionResponseType.DeferredChannelMessageWithSource:
      // It may be deleted already.
      return original
        ? { kind: 'replied', interactionId, messageId: original.id }
        : { kind: 'updated', interactionId };
    case InteractionResponseType.DeferredMessageUpdate:
    case InteractionResponseType.UpdateMessage:
      return { kind: 'updated', interactionId };
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      return {
        kind: 'suggested',
        interactionId,
        choices: answer.choices.map(({ name, value }) => ({ name, value })),
      };
    case InteractionResponseType.Modal:
      return {
        kind: 'modal',
        interactionId,
        title: answer.modal.title,
        components: answer.modal.components.map((component) => ({ ...component })),
      };
  }
}
