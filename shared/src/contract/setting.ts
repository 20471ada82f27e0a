import { z } from 'zod';
import { type Preset, RULE_SETTINGS } from './rule-settings';
import type { Setting, SettingValue } from './setting-value';

export { type Setting, type SettingValue, settingValueSchema } from './setting-value';

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
  'undo-window': setting({
    schema: z.int().min(0).max(86_400),
    fallback: 300,
    about: 'for how many seconds members can undo their own changes; 0 is never',
  }),
  'on-delete': setting<'window' | 'always' | 'never'>({
    schema: z.enum(['window', 'always', 'never']),
    fallback: 'window',
    about: 'when a deleted message takes its karma back: within undo-window, always or never',
  }),
  ...RULE_SETTINGS,
};

export type SettingKey = keyof typeof SETTINGS;

/** What a setting can be. */
export type ValueOf<Key extends SettingKey> = (typeof SETTINGS)[Key]['fallback'];

/** What holds for a server that has chosen nothing for a key, under a preset. */
export function fallbackOf<Key extends SettingKey>(key: Key, preset: Preset): ValueOf<Key> {
  const one: Setting<ValueOf<Key>> & { presets?: { [P in Preset]?: ValueOf<Key> } } = SETTINGS[key];
  return key === 'preset' ? (preset as ValueOf<Key>) : (one.presets?.[preset] ?? one.fallback);
}

/** What a server has chosen for a key, where it has and can have chosen that. */
export function choiceOf<Key extends SettingKey>(
  key: Key,
  choices: Readonly<Record<string, unknown>>,
): ValueOf<Key> | undefined {
  const chosen = choices[key];
  const schema: z.ZodType<ValueOf<Key>> = SETTINGS[key].schema;
  return chosen === undefined ? undefined : schema.safeParse(chosen).data;
}

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
