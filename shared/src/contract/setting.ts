import { z } from 'zod';

/** What a server can choose. */
export interface Setting<Value extends SettingValue = SettingValue> {
  /** What may be chosen. */
  readonly schema: z.ZodType<Value>;
  /** What holds for a server that has chosen nothing. */
  readonly fallback: Value;
  /** What it is, for help texts: a phrase. */
  readonly about: string;
}

/** A value as it is sent and stored: JSON. */
export const settingValueSchema = z.json();

/** A choice. Null is none: it takes a choice back. */
export type SettingValue = Exclude<z.infer<typeof settingValueSchema>, null>;

const setting = <Value extends SettingValue>(one: Setting<Value>): Setting<Value> => one;

/**
 * Every setting of a server, by its key. To add one, add it here; keys are lower case with dashes. svc has to know a key before
 * anybody chooses it. A stored value stays what it is when a schema changes: widen schemas, never narrow them.
 */
export const SETTINGS = {
  announce: setting({
    schema: z.boolean(),
    fallback: true,
    about: 'whether the bot replies when karma changes',
  }),
};

export type SettingKey = keyof typeof SETTINGS;

/** What a setting can be. */
export type ValueOf<Key extends SettingKey> = (typeof SETTINGS)[Key]['fallback'];

/** Whether a text is the key of a setting. */
export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(SETTINGS, text);
}

/** The keys of all settings, in the order in which they are shown. */
export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS).filter(isSettingKey);

/** Why a setting cannot have a value; undefined when it can. */
export function problemWith(key: SettingKey, value: SettingValue): string | undefined {
  const result = SETTINGS[key].schema.safeParse(value);
  return result.success ? undefined : result.error.issues.map(({ message }) => message).join('; ');
}
