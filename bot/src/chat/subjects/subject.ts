import { MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import { Unit } from '../characters';
import { dropInvisible, dropUnseen, foldWhiteSpace, subjectKey } from './spelling';

/** `<@`, an optional `!`, 19 digits and `>`: no mention is longer, so a look at this much decides. */
const LONGEST_MENTION = 23;
const MENTION = /^<@!?([1-9]\d{0,18})>/;

/** Ids fit Postgres' `bigint`. Of equal length, decimals compare as their digits do. */
const GREATEST_ID = String(2n ** 63n - 1n);

export interface Mention {
  id: string;
  /** The index after the `>`. */
  end: number;
}

/**
 * The mention of a member that begins at `index`, if one does; of a role or a channel is none.
 * @see https://discord.com/developers/docs/reference#message-formatting
 */
export function mentionAt(text: string, index: number): Mention | undefined {
  if (text.charCodeAt(index) !== Unit.less || text.charCodeAt(index + 1) !== Unit.at) return undefined;
  const match = MENTION.exec(text.slice(index, index + LONGEST_MENTION));
  const id = match?.[1];
  if (match === null || id === undefined) return undefined;
  if (id.length === GREATEST_ID.length && id > GREATEST_ID) return undefined;
  return { id, end: index + match[0].length };
}

/** A subject needs one of these: a letter, a digit, or an emoji (pictures, flags and keycaps). */
const SUBSTANCE = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Emoji_Presentation}\p{Regional_Indicator}]|\u20E3/u;

/** Those who stand for everybody have no karma. */
const REFUSED = new Set(['@everyone', '@here']);

/**
 * NFC makes no text shorter than an eighth: one character of two units (a compatibility ideograph) may stand for one of
 * one unit, and one of one unit for four (Greek with three marks). So what is longer than this is too long in the end, and
 * is refused before the costly part: putting thousands of combining marks in order is quadratic in the engine.
 */
const LONGEST_WORTH_NORMALISING = 8 * MAX_SUBJECT_LENGTH;

/** Two spaces in a row are often thousands: what was code or a quote in a group, and folds to one. */
function isWorthNoNormalising(text: string): boolean {
  if (text.length <= LONGEST_WORTH_NORMALISING) return false;
  const seen = dropInvisible(text);
  return (seen.includes('  ') ? foldWhiteSpace(seen) : seen).length > LONGEST_WORTH_NORMALISING;
}

/** The subject that is a member, named by id and not by the name of the day. The id must be a snowflake. */
export function mentionSubject(id: string): Subject {
  const mention = `<@${id}>`;
  return { subject: mention, display: mention };
}

/**
 * Whether a text would name a subject if it were shorter: it has a letter, digit or emoji, and its spelling or key is
 * longer than `MAX_SUBJECT_LENGTH`.
 */
export function isTooLong(text: string): boolean {
  if (!SUBSTANCE.test(text)) return false;
  if (isWorthNoNormalising(text)) return true;
  const display = foldWhiteSpace(dropUnseen(text)).normalize('NFC');
  return display.length > MAX_SUBJECT_LENGTH || subjectKey(display).length > MAX_SUBJECT_LENGTH;
}

/**
 * The subject that a text names: its key, and the text as it was written, in NFC and without what cannot be seen.
 * Undefined for what cannot be a subject: no letter, digit or emoji in it, longer than `MAX_SUBJECT_LENGTH` UTF-16 code
 * units as key or as displayed, or `@everyone` or `@here` (`hadAt` says that an `@` stood before the text). A text that is
 * just a mention is that member.
 */
export function textSubject(text: string, hadAt = false): Subject | undefined {
  if (isWorthNoNormalising(text)) return undefined;
  const display = foldWhiteSpace(dropUnseen(text)).normalize('NFC');
  if (display.length > MAX_SUBJECT_LENGTH) return undefined;
  const subject = subjectKey(display);
  // Either will do: the key of ‼️ has lost the emoji, and only the key of ㎏ has letters.
  if (!SUBSTANCE.test(subject) && !SUBSTANCE.test(display)) return undefined;
  if (subject.length === 0 || subject.length > MAX_SUBJECT_LENGTH) return undefined;
  if (REFUSED.has(subject) || (hadAt && REFUSED.has(`@${subject}`))) return undefined;
  const mention = mentionAt(subject, 0);
  return mention?.end === subject.length ? mentionSubject(mention.id) : { subject, display };
}
