import type { Preset } from '@popple/shared/contract/rule-settings';
import { choiceOf, fallbackOf, SETTING_KEYS, SETTINGS } from '@popple/shared/contract/setting';
import { type Column, table } from '../terminal/table';

/** A setting as a server has it. */
export interface SettingView {
  key: string;
  value: unknown;
  isDefault: boolean;
  /** When it was chosen, as ISO 8601. */
  chosenAt: string | undefined;
}

/** What a server has chosen, as svc has it. */
export interface Chosen {
  key: string;
  value: unknown;
  at: number;
}

const COLUMNS: readonly Column<SettingView>[] = [
  { heading: 'SETTING', cell: ({ key }) => key },
  { heading: 'VALUE', cell: ({ value }) => valueText(value) },
  { heading: 'CHOSEN', cell: ({ isDefault, chosenAt }) => (isDefault ? '(default)' : (chosenAt ?? '')) },
  { heading: 'IS', cell: ({ key }) => aboutOf(key) },
];

function aboutOf(key: string): string {
  const known = SETTING_KEYS.find((one) => one === key);
  return known === undefined ? 'not known to this release' : SETTINGS[known].about;
}

/** A value for people. */
export function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every setting as a server has it, chosen or not (then as `preset` says, if it has chosen no other); at the end those that this release does not know. */
export function settingViews(chosen: readonly Chosen[], preset: Preset): SettingView[] {
  const choices = Object.fromEntries(chosen.map(({ key, value }) => [key, value]));
  const own = choiceOf('preset', choices) ?? preset;
  const byKey = new Map(chosen.map((one) => [one.key, one]));
  const keys = new Set<string>([...SETTING_KEYS, ...byKey.keys()]);
  return [...keys].map((key) => {
    const choice = byKey.get(key);
    const known = SETTING_KEYS.find((one) => one === key);
    if (choice === undefined)
      return { key, value: known && fallbackOf(known, own), isDefault: true, chosenAt: undefined };
    return { key, value: choice.value, isDefault: false, chosenAt: new Date(choice.at).toISOString() };
  });
}

/** The settings as a table. Ends with a newline. */
export function settingsText(views: readonly SettingView[]): string {
  return table(COLUMNS, views);
}
