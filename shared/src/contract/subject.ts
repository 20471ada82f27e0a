import { z } from 'zod';
import { MAX_REASON_LENGTH, MAX_SUBJECT_LENGTH } from './limits';
import { open } from './open';
import { isPrintable } from './printable';

const subjectText = z
  .string()
  .min(1)
  .max(MAX_SUBJECT_LENGTH)
  .refine(isPrintable, 'expected text without control characters or lone surrogates');

/** Why somebody changes karma, as they wrote it. */
export const reasonSchema = z
  .string()
  .min(1)
  .max(MAX_REASON_LENGTH)
  .refine(isPrintable, 'expected text without control characters or lone surrogates');

/** A subject as it is displayed. */
export const displaySchema = subjectText;

/**
 * What has karma. `subject` is the key (spellings that are one subject share it), `display` the spelling that was
 * written, in NFC. A member is `<@id>` in both.
 */
export interface Subject {
  subject: string;
  display: string;
}

/** The fields of a subject as they are sent: `display` may be left out where it equals `subject`. */
export const subjectFields = open({ subject: subjectText, display: displaySchema.optional() });

/** What was left out when it was sent, filled in. */
export function withDisplay<Sent extends { subject: string; display?: string | undefined }>(
  sent: Sent,
): Sent & Subject {
  return { ...sent, display: sent.display ?? sent.subject };
}

/** The reverse of `withDisplay`: what need not be sent, left out. Most subjects are half as long like this. */
export function withoutEqualDisplay<One extends Subject>(
  one: One,
): Omit<One, 'display'> & { display?: string } {
  const { display, ...rest } = one;
  return display === one.subject ? rest : { ...rest, display };
}

export const subjectSchema = subjectFields.transform(withDisplay);
