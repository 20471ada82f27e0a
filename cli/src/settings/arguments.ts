import { snowflakeSchema } from '@popple/shared/contract/ids';
import {
  isSettingKey,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type SettingValue,
} from '@popple/shared/contract/setting';
import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';
import { z } from 'zod';

/** What to do with the settings of a server. */
export type SettingsArguments =
  | { command: 'list'; guildId: string }
  | { command: 'set'; guildId: string; key: SettingKey; value: SettingValue }
  | { command: 'unset'; guildId: string; key: SettingKey };

/** How people write yes and no. */
const WORDS = new Map<string, boolean>([
  ['on', true],
  ['yes', true],
  ['true', true],
  ['off', false],
  ['no', false],
  ['false', false],
]);

function readKey(text: string | undefined, command: string): SettingKey {
  if (text === undefined) throw new UsageError(`${command} needs a setting: ${SETTING_KEYS.join(', ')}`);
  if (isSettingKey(text)) return text;
  throw new UsageError(`there is no setting "${text}"; the settings are ${SETTING_KEYS.join(', ')}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The value that a text is for a setting: a word for yes or no, JSON, or the text itself, whichever the setting takes first.
 * @throws UsageError saying what is expected.
 */
export function readValue(key: SettingKey, text: string): SettingValue {
  const { schema } = SETTINGS[key];
  for (const candidate of [WORDS.get(text.toLowerCase()), json(text), text]) {
    const result = schema.safeParse(candidate);
    if (result.success) return result.data;
  }
  throw new UsageError(`${key} cannot be "${text}": it is ${describeValues(key)}`);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function describeSchema(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(String).join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((one) => (typeof one === 'object' ? describeSchema(one) : '')).join(', or ');
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'array') return 'a list, such as ["81384788765712384"]';
  return 'a text';
}

/** What a setting can be, for people. */
export function describeValues(key: SettingKey): string {
  const schema = z.toJSONSchema(SETTINGS[key].schema);
  if (schema.type === 'boolean') return 'on or off';
  return describeSchema(schema);
}

/**
 * Reads the command line of `bun run popple settings`.
 * @throws UsageError saying what is missing or wrong.
 */
export function parseSettingsArguments(args: readonly string[]): SettingsArguments {
  const { positionals } = readCommandLine(args, {});
  const [guildId, command = 'list', key, value, ...rest] = positionals;
  if (guildId === undefined) throw new UsageError('say of which server, by its id');
  if (!snowflakeSchema.safeParse(guildId).success)
    throw new UsageError(`"${guildId}" is not the id of a server`);
  const excess = (word: string | undefined) => {
    if (word !== undefined) throw new UsageError(`"${word}" is not understood`);
  };
  switch (command) {
    case 'list':
      excess(key);
      return { command, guildId };
    case 'set': {
      const known = readKey(key, command);
      if (value === undefined) throw new UsageError(`set ${known} needs a value: ${describeValues(known)}`);
      excess(rest[0]);
      return { command, guildId, key: known, value: readValue(known, value) };
    }
    case 'unset':
      excess(value);
      return { command, guildId, key: readKey(key, command) };
    default:
      throw new UsageError(`"${command}" is none of list, set, unset`);
  }
}
