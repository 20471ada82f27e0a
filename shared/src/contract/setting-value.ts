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
