import { MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import type { Subject } from '@popple/shared/contract/subject';
import { Unit } from '../characters';

const INVISIBLE = String.raw`[[\p{Default_Ignorable_Code_Point}\p{Cc}\uFFF9-\uFFFB\u2800]--\p{White_Space}]`;

/** The flags of England, Scotland and Wales differ only in tag characters: there, they are what one sees. */
const TAGGED_FLAG = String.raw`\u{1F3F4}[\u{E0020}-\u{E007E}]+\u{E007F}`;

/** One picture, after UTS #51: a base with a skin tone or a variation selector. */
const PICTURE = String.raw`(?:${TAGGED_FLAG}|\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0E\uFE0F]?)`;
const PICTURES = String.raw`${PICTURE}(?:\u200D${PICTURE})*`;
const KEYCAP = String.raw`[0-9#*]\uFE0F\u20E3`;

/** Scripts in which a joiner between two letters changes their shape, as in Persian and in Indic conjuncts. */
const SCRIPTS_WITH_JOINERS = ['Arab', 'Syrc', 'Nkoo', 'Mong', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml']
  .concat(['Telu', 'Knda', 'Mlym', 'Sinh', 'Khmr', 'Mymr', 'Tibt'])
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('');
const JOINER = String.raw`(?<=[${SCRIPTS_WITH_JOINERS}])[\u200C\u200D](?=[${SCRIPTS_WITH_JOINERS}])`;

const DROPPED_FROM_KEY = new RegExp(`(${TAGGED_FLAG})|${INVISIBLE}`, 'gv');
const DROPPED_FROM_DISPLAY = new RegExp(`(${PICTURES}|${KEYCAP}|${JOINER})|${INVISIBLE}`, 'gv');

/** Printable ASCII has nothing invisible, and one normal form. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The text without invisible and control characters, white space aside, so that two texts can be compared. */
export function dropInvisible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(DROPPED_FROM_KEY, (_, kept?: string) => kept ?? '');
}

/**
 * As `dropInvisible`, but keeps what changes how the visible characters look: the joiners and selectors of an emoji, and
 * joiners between letters of scripts that have them.
 * @see https://www.unicode.org/reports/tr51/#EBNF_and_Regex
 */
export function dropUnseen(text: string): string {
  return PLAIN.test(text) ? text : text.replace(DROPPED_FROM_DISPLAY, (_, kept?: string) => kept ?? '');
}

/** Each run of white space as one space, and none at the ends. */
export function foldWhiteSpace(text: string): string {
  return text
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/^ /, '')
    .replace(/ $/, '');
}

/**
 * Folds case as Unicode's default (not Turkic) full case folding does, up to the choice of the letter that stands for its
 * class: `ß`, `ẞ`, `SS` and `ss` become `ss`, every sigma `σ`. JavaScript has no such function; upper case first expands
 * what has no single capital, lower case then folds. Two exceptions are needed: upper case would make the dotless `ı` an
 * `i`, which default folding keeps apart, and lower case chooses `ς` or `σ` by what stands around.
 *
 * One pass may leave what another would fold (`ẞ`): repeat with NFKC until nothing changes, as `subjectKey` does.
 * @see https://www.unicode.org/versions/latest/core-spec/chapter-3/#G33992
 */
export function foldCase(text: string): string {
  if (text.includes('ı')) return text.split('ı').map(foldCase).join('ı');
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** No character needs more than three passes; the bound only makes it plain that the loop ends. */
const MOST_PASSES = 8;

/**
 * The key of a subject: equal for spellings that are one subject, which is when they are equal after NFKC, case folding,
 * dropping invisible and control characters, and folding white space. Keys are their own keys. Well-formed text stays so;
 * the key may be empty, and longer than the text.
 */
export function subjectKey(text: string): string {
  if (PLAIN.test(text)) return foldWhiteSpace(text).toLowerCase();
  let key = text;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const folded = foldWhiteSpace(dropInvisible(foldCase(key.normalize('NFKC'))));
    if (folded === key) break;
    key = folded;
  }
  return key;
}

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

/** Whether a text has a letter, a digit or an emoji. */
export function hasSubstance(text: string): boolean {
  return SUBSTANCE.test(text);
}

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
  if (!hasSubstance(text)) return false;
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
  if (!hasSubstance(subject) && !hasSubstance(display)) return undefined;
  if (subject.length === 0 || subject.length > MAX_SUBJECT_LENGTH) return undefined;
  if (REFUSED.has(subject) || (hadAt && REFUSED.has(`@${subject}`))) return undefined;
  const mention = mentionAt(subject, 0);
  return mention?.end === subject.length ? mentionSubject(mention.id) : { subject, display };
}
