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
