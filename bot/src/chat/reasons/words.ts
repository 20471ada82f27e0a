/** What one language says about reasons. Any case; a space stands for any white space on a line. */
interface ReasonWords {
  /** What a reason begins with. */
  begin: readonly string[];
  /** What joins a reason to the next change: `alice++ for the build and bob++ for the docs`. */
  and: readonly string[];
  /** What looks like the beginning of a reason and is none, whatever comes after. */
  never: readonly string[];
  /** What is no reason by itself, and may begin one: `for real`, but `for real progress`. */
  notAlone: readonly string[];
}

/**
 * The words of each language of the replies. They hold in every server, since nobody knows in which language a message is;
 * so a word is missing that is frequent after a name in another of these languages: `car` (French for because), `da`, `als`,
 * `como`, `comme`, `para`. `pour` stays, though English has it, and `as`, though Portuguese has it: a wrong remark is kept
 * for `alice++ pour me one`, and without the word there would be hardly any French one. No karma depends on it.
 */
const REASON_WORDS: Readonly<Record<'en' | 'de' | 'fr' | 'es' | 'pt', ReasonWords>> = {
  en: {
    begin: ['for', 'because of', 'because', 'as'],
    and: ['and', '&'],
    never: [
      ...['as always', 'as usual', 'as ever', 'as well', 'as if', 'as though', 'as for', 'as of', 'as in'],
      ...['as soon as', 'as long as', 'as far as', 'as a matter of fact', 'for example', 'for instance'],
    ],
    notAlone: [
      ...[
        'for the win',
        'for sure',
        'for real',
        'for now',
        'for once',
        'for good',
        'for ever',
        'for the record',
      ],
      ...['as expected', 'as promised', 'as planned', 'as before', 'as said', 'as such', 'as is'],
    ],
  },
  de: {
    begin: ['für', 'weil', 'wegen'],
    and: ['und'],
    never: [],
    notAlone: ['für immer', 'für heute', 'für jetzt'],
  },
  fr: {
    begin: ['pour', 'parce que', "parce qu'", 'parce qu’'],
    and: ['et'],
    never: ['pour info', 'pour rappel', 'pour exemple'],
    notAlone: ['pour toujours', 'pour de vrai', 'pour une fois', 'pour rien'],
  },
  es: {
    begin: ['por', 'porque'],
    and: ['y'],
    never: ['por favor', 'por ejemplo', 'por qué', 'por cierto', 'por supuesto'],
    notAlone: ['por fin', 'por ahora', 'por siempre', 'por que'],
  },
  pt: {
    begin: ['por', 'porque'],
    and: ['e'],
    never: ['por favor', 'por exemplo', 'por quê', 'por sinal'],
    notAlone: ['por fim', 'por enquanto', 'por ora', 'por que'],
  },
};

const LANGUAGES = Object.values(REASON_WORDS);

/** After a whole word stands no letter, digit or accent. */
const WORD_END = String.raw`(?![\p{L}\p{N}\p{M}])`;

const APOSTROPHES = ["'", '’'];

/** Whether a word is joined to the next one: `parce qu'elle`. */
export function endsWithApostrophe(word: string): boolean {
  return APOSTROPHES.some((mark) => word.endsWith(mark));
}

const wordsOf = (part: keyof ReasonWords): string[] => [
  ...new Set(LANGUAGES.flatMap((words) => words[part])),
];

/** A pattern for any of the words, the longest that fits, with accents as one character or as two. */
function anyOf(part: keyof ReasonWords): string {
  const spellings = wordsOf(part).flatMap((word) => [...new Set([word, word.normalize('NFD')])]);
  return spellings
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replaceAll(' ', String.raw`[\p{Zs}\t]+`) + (endsWithApostrophe(word) ? '' : WORD_END))
    .join('|');
}

/** What begins a reason; sticky. */
export const BEGINNING = new RegExp(anyOf('begin'), 'iuy');

const FIRST_UNITS = new Set(
  wordsOf('begin').flatMap((word) => [word.charCodeAt(0), word.toUpperCase().charCodeAt(0)]),
);

/** Whether a code unit may be the first of a beginning: for most messages, that saves the pattern. */
export function mayBegin(unit: number): boolean {
  return FIRST_UNITS.has(unit);
}

/** A beginning and what follows, white space folded, where that is an idiom and no reason. */
export const IDIOM = new RegExp(
  String.raw`^(?:${anyOf('never')}|(?:${anyOf('notAlone')})(?: ?$|[.,!?:…)\]"'”]))`,
  'iu',
);

/** The words that join a reason to the next change, in lower case. */
export const CONJUNCTIONS: ReadonlySet<string> = new Set(wordsOf('and'));
