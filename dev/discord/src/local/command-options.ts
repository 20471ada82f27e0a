import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIApplicationCommandOption,
  ApplicationCommandOptionType,
} from 'discord-api-types/v10';
import type { OptionInput } from '../interaction-contract';
import { messageLength } from '../message-length';
import { channelPayload } from '../payload/channel';
import type { Resolved } from '../payload/resolved';
import type { Channel, Guild } from '../world/model';
import type { World } from '../world/world';
import { LocalError } from './local-route';

/** What the options of a command are read in. */
export interface OptionContext {
  readonly world: World;
  readonly guild: Guild | undefined;
  readonly channel: Channel;
  readonly resolved: Resolved;
  /** Suggestions are wanted: what is filled in may still be incomplete. */
  readonly isDraft: boolean;
}

export interface ReadOptions {
  /** As INTERACTION_CREATE carries them. */
  readonly options: APIApplicationCommandInteractionDataOption[];
  /** The subcommands on the way to them. */
  readonly path: readonly string[];
}

type Definitions = readonly APIApplicationCommandOption[];

/**
 * Reads what a member filled in, as Discord's client lets it through. Raises `LocalError` (400) for what is missing,
 * unknown or out of bounds.
 */
export function readOptions(
  context: OptionContext,
  definitions: Definitions,
  given: readonly OptionInput[],
): ReadOptions {
  for (const { name } of given) {
    if (!definitions.some((definition) => definition.name === name))
      throw refused(name, 'there is no such option');
  }
  const isBranch = definitions.some(({ type }) => isSubcommand(type));
  if (isBranch && given.length !== 1) throw new LocalError(400, 'choose one of the subcommands');
  const paths: string[] = [];
  const options = definitions.flatMap((definition): APIApplicationCommandInteractionDataOption[] => {
    const input = given.find(({ name }) => name === definition.name);
    if (
      definition.type === ApplicationCommandOptionType.Subcommand ||
      definition.type === ApplicationCommandOptionType.SubcommandGroup
    ) {
      if (!input) return [];
      const inner = readOptions(context, definition.options ?? [], input.options ?? []);
      paths.push(definition.name, ...inner.path);
      const { name, type } = definition;
      // A group holds subcommands and a subcommand holds values: that is what the definitions allow.
      return [{ name, type, options: inner.options } as APIApplicationCommandInteractionDataOption];
    }
    return readValue(context, definition, input);
  });
  return { options, path: paths };
}

function isSubcommand(type: ApplicationCommandOptionType): boolean {
  return (
    type === ApplicationCommandOptionType.Subcommand || type === ApplicationCommandOptionType.SubcommandGroup
  );
}

function readValue(
  context: OptionContext,
  definition: APIApplicationCommandBasicOption,
  input: OptionInput | undefined,
): APIApplicationCommandInteractionDataOption[] {
  const { name, type, required } = definition;
  const value = input?.value;
  if (value === undefined) {
    if (required && !context.isDraft) throw refused(name, 'this option is required');
    return [];
  }
  if (input?.focused) {
    if (!('autocomplete' in definition) || !definition.autocomplete) {
      throw refused(name, 'there are no suggestions for this option');
    }
    // Whatever its type, what is being written is text.
    return [
      { name, type, value: String(value), focused: true } as APIApplicationCommandInteractionDataOption,
    ];
  }
  // `checkedValue` gives what the type asks for.
  return [
    {
      name,
      type,
      value: checkedValue(context, definition, value),
    } as APIApplicationCommandInteractionDataOption,
  ];
}

function checkedValue(
  context: OptionContext,
  definition: APIApplicationCommandBasicOption,
  value: NonNullable<OptionInput['value']>,
): string | number | boolean {
  const { world, guild, resolved } = context;
  const { name } = definition;
  const id = String(value);
  switch (definition.type) {
    case ApplicationCommandOptionType.String: {
      if (typeof value !== 'string') throw refused(name, 'expected a text');
      const { min_length = 0, max_length = 6000, choices } = definition;
      const length = messageLength(value);
      if (length < min_length || length > max_length) {
        throw refused(name, `expected ${min_length} to ${max_length} characters`);
      }
      checkChoice(name, choices, value);
      return value;
    }
    case ApplicationCommandOptionType.Integer:
    case ApplicationCommandOptionType.Number: {
      if (typeof value !== 'number') throw refused(name, 'expected a number');
      if (definition.type === ApplicationCommandOptionType.Integer && !Number.isSafeInteger(value)) {
        throw refused(name, 'expected a whole number');
      }
      const {
        min_value = Number.NEGATIVE_INFINITY,
        max_value = Number.POSITIVE_INFINITY,
        choices,
      } = definition;
      if (value < min_value || value > max_value) {
        throw refused(name, `expected a number from ${min_value} to ${max_value}`);
      }
      checkChoice(name, choices, value);
      return value;
    }
    case ApplicationCommandOptionType.Boolean:
      if (typeof value !== 'boolean') throw refused(name, 'expected true or false');
      return value;
    case ApplicationCommandOptionType.User:
      return resolveMember(context, id) ?? raise(refused(name, `there is no member ${id}`));
    case ApplicationCommandOptionType.Role:
      return resolveRole(context, id) ?? raise(refused(name, `there is no role ${id}`));
    case ApplicationCommandOptionType.Mentionable:
      return (
        resolveMember(context, id) ??
        resolveRole(context, id) ??
        raise(refused(name, `there is no member or role ${id}`))
      );
    case ApplicationCommandOptionType.Channel: {
      const channel = world.channel(id);
      const { channel_types: types = [] } = definition;
      if (!channel || channel.guildId !== (guild?.id ?? null))
        throw refused(name, `there is no channel ${id}`);
      const { type } = channelPayload(world, channel);
      if (types.length > 0 && !types.some((allowed) => allowed === type)) {
        throw refused(name, 'this type of channel is not allowed');
      }
      resolved.addChannel(channel);
      return id;
    }
    case ApplicationCommandOptionType.Attachment: {
      if (typeof value !== 'object') throw refused(name, 'expected a file');
      const { filename, contentType, base64 } = value;
      const attachment = world.files.add({ filename, contentType, bytes: Buffer.from(base64, 'base64') });
      resolved.addAttachment(attachment);
      return attachment.id;
    }
  }
}

/** The id of a member, who is resolved; undefined where there is none. */
export function resolveMember(
  { world, resolved }: Pick<OptionContext, 'world' | 'resolved'>,
  id: string,
): string | undefined {
  const member = world.member(id);
  if (member) resolved.addMember(member);
  return member?.id;
}

/** As `resolveMember`, of a role of the server. */
export function resolveRole(
  { guild, resolved }: Pick<OptionContext, 'guild' | 'resolved'>,
  id: string,
): string | undefined {
  if (!guild || (id !== guild.id && !guild.roles?.some((role) => role.id === id))) return undefined;
  resolved.addRole(id);
  return id;
}

function checkChoice(
  name: string,
  choices: readonly { readonly value: string | number }[] | undefined,
  value: string | number,
): void {
  if (!choices?.length || choices.some((choice) => choice.value === value)) return;
  throw refused(name, 'expected one of the choices');
}

function refused(name: string, reason: string): LocalError {
  return new LocalError(400, `${name}: ${reason}`);
}

function raise(error: Error): never {
  throw error;
}
