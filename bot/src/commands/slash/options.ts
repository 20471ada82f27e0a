import { snowflakeSchema } from '@popple/shared/contract/ids';
import { MAX_REASON_LENGTH, MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import { type APIApplicationCommandBasicOption, ApplicationCommandOptionType } from 'discord.js';
import { cutReason } from '../../chat/reasons/cut-reason';
import {
  dropUnseen,
  foldWhiteSpace,
  isTooLong,
  mentionSubject,
  textSubject,
} from '../../chat/subjects/subject';
import { textOf, type Use } from './slash-command';

/** Options that several commands have, and what was filled into them. */

/** The most that one use may ask for; the rules of a server count less. */
export const MAX_AMOUNT = 100;

export const REASON: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.String,
  name: 'reason',
  description: 'What for',
  max_length: MAX_REASON_LENGTH,
};

export const AMOUNT: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.Integer,
  name: 'amount',
  description: 'How much, 1 unless you say so',
  min_value: 1,
  max_value: MAX_AMOUNT,
};

/** The name of the one option that bot suggests something for. */
export const WHAT_NAME = 'what';

export const what = (required: boolean): APIApplicationCommandBasicOption => ({
  type: ApplicationCommandOptionType.String,
  name: WHAT_NAME,
  description: 'Anything that has karma, or could have: the build, tea, …',
  required,
  autocomplete: true,
  max_length: MAX_SUBJECT_LENGTH,
});

export const PRIVATE: APIApplicationCommandBasicOption = {
  type: ApplicationCommandOptionType.Boolean,
  name: 'private',
  description: 'Whether only you see the reply',
};

/** The reason that was given, as a change has it; nothing where there is none. */
export function reasonOf(use: Use): { reason?: string } {
  const reason = cutReason(foldWhiteSpace(dropUnseen((textOf(use, 'reason') ?? '').toWellFormed())));
  return reason === '' ? {} : { reason };
}

/** The member that was chosen; undefined where none was. */
export function memberOf(use: Use, name: string): Subject | undefined {
  const id = snowflakeSchema.safeParse(textOf(use, name));
  return id.success ? mentionSubject(id.data) : undefined;
}

/** The subject that was named, or what is wrong with its name. */
export function namedSubject(text: string): { subject: Subject } | { problem: string } {
  const subject = textSubject(text);
  if (subject !== undefined) return { subject };
  return {
    problem: isTooLong(text)
      ? `A name can have ${MAX_SUBJECT_LENGTH} characters at most, and that one has more. Nothing was done.`
      : 'A name needs a letter, a digit or an emoji. Nothing was done.',
  };
}
