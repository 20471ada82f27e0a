import { z } from 'zod';
import { MAX_SUBJECT_LENGTH } from './limits';

/** Whether the text carries NUL or another C0/C1 control, which Postgres refuses (NUL) or nobody can read. */
function isPrintable(text: string): boolean {
  return !/\p{Cc}/u.test(text) && text.isWellFormed();
}

const subjectText = z
  .string()
  .min(1)
  .max(MAX_SUBJECT_LENGTH)
  .refine(isPrintable, 'expected text without control characters or lone surrogates');

/**
 * What has karma. `subject` is the key (spellings that are one subject share it), `display` the spelling that was
 * written, in NFC. A member is `<@id>` in both.
 */
export const subjectSchema = z.object({ subject: subjectText, display: subjectText });

export type Subject = z.infer<typeof subjectSchema>;
