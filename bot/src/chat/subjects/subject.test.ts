import { describe, expect, test } from 'bun:test';
import { MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import { subjectSchema } from '@popple/shared/contract/subject';
import fc from 'fast-check';
import { subjectKey, textSubject } from './subject';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units)),
);

function* charactersWithForms(): Generator<string> {
  const several = /[\p{Changes_When_NFKC_Casefolded}\p{Cased}\p{Changes_When_Casemapped}\p{M}]/u;
  for (let point = 0; point <= 0x3ffff; point++) {
    const char = String.fromCodePoint(point);
    if (char.isWellFormed() && several.test(char)) yield char;
  }
}

/** Spellings that are one subject. */
const same: readonly (readonly [string, ...string[]])[] = [
  [
    'Alice',
    'alice',
    'ALICE',
    ' alice ',
    'Ａｌｉｃｅ',
    'al\u200bice',
    'al\u00adice',
    '\ufeffalice',
    'ali\u0007ce',
    '\u202ealice',
  ],
  ['é', 'e\u0301', 'É', 'E\u0301'],
  ['straße', 'STRASSE', 'STRAẞE', 'strasse', 'Straße'],
  ['ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύσ'],
  ['ᾳ', 'ΑΙ', 'αι', 'ᾼ'],
  ['İ', 'i\u0307', 'I\u0307'],
  ['ﬁsh', 'fish', 'FISH'],
  ['K', 'k', '\u212a'],
  ['Å', 'å', '\u212b', 'A\u030a'],
  ['ǆ', 'ǅ', 'Ǆ', 'dž'],
  ['①', '1', '１', '¹'],
  ['™', 'TM', 'tm'],
  ['foo bar', 'foo  bar', 'foo\nbar', ' Foo\t\u3000bar\u00a0', 'foo\u2028bar', 'foo \u200b bar'],
  ['가', '\u1100\u1161'],
  ['❤️', '❤', '❤\ufe0e'],
  ['👩‍💻', '👩💻'],
  ['می‌خواهم', 'میخواهم'],
  ['ა', 'Ა'],
  ['Ꭰ', 'ꭰ'],
  ['𐐀', '𐐨'],
];

/** Spellings of which each is a subject of its own. */
const different: readonly (readonly string[])[] = [
  ['alice', 'alíce', 'alice1', 'al ice', 'а\u043bice'],
  ['i', 'ı'],
  ['1', '1️⃣', '2️⃣'],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '🏴'],
  ['🇫🇷', '🇩🇪', '🇫'],
  ['👍', '👍🏽', '👍🏿'],
  ['👨‍👩‍👧', '👨‍👩‍👦', '👨‍👧', '👨'],
  ['🏃‍♀️', '🏃‍♂️', '🏃'],
];

describe('a key', () => {
  for (const [first, ...others] of same)
    test(`is one for the spellings of ${JSON.stringify(first)}`, () => {
      for (const other of others) expect(subjectKey(other)).toBe(subjectKey(first));
    });

  for (const spellings of different)
    test(`tells apart ${JSON.stringify(spellings)}`, () => {
      expect(new Set(spellings.map(subjectKey)).size).toBe(spellings.length);
    });

  test('is its own key, and one for every case and normalisation form, of every character that has several', () => {
    const changing: string[] = [];
    for (const char of charactersWithForms()) {
      const key = subjectKey(char);
      const forms = [
        key,
        char.normalize('NFD'),
        char.normalize('NFC'),
        char.normalize('NFKC'),
        char.toLowerCase(),
      ];
      // Upper case of the dotless i is I, whose key is i: default case folding keeps the two apart.
      if (char !== 'ı') forms.push(char.toUpperCase());
      if (forms.some((form) => subjectKey(form) !== key)) changing.push(char);
    }
    expect(changing).toEqual([]);
  });

  test('is its own key, of any text', () => {
    fc.assert(fc.property(anyText, (text) => subjectKey(subjectKey(text)) === subjectKey(text)));
  });

  test('is one for composed and decomposed text, and with invisible characters put in', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('🏴'));
    const invisible = fc.constantFrom(
      '\u200b',
      '\u200d',
      '\ufe0f',
      '\u00ad',
      '\u2060',
      '\ufeff',
      '\u0000',
      '\u202e',
    );
    fc.assert(
      fc.property(text, invisible, fc.nat(20), (value, char, place) => {
        const points = [...value];
        const spelled = [...points.slice(0, place), char, ...points.slice(place)].join('');
        return (
          subjectKey(value.normalize('NFD')) === subjectKey(value.normalize('NFC')) &&
          subjectKey(spelled) === subjectKey(value)
        );
      }),
    );
  });
});

describe('what is shown', () => {
  const shown: readonly (readonly [string, string])[] = [
    ['Alice', 'Alice'],
    ['e\u0301', 'é'],
    ['  Foo \n\t bar\u3000', 'Foo bar'],
    ['a\u0000\u0007\u200b\u202eb\ufeff', 'ab'],
    ['a\u0085b', 'a b'],
    ['Ａ', 'Ａ'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['❤️', '❤️'],
    ['❤️‍🔥', '❤️‍🔥'],
    ['👩🏽‍💻', '👩🏽‍💻'],
    ['1️⃣', '1️⃣'],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a\u200db\ufe0f', 'ab'],
    ['🍕\u200d', '🍕'],
    ['می‌خواهم', 'می‌خواهم'],
    ['क्‍ष', 'क्‍ष'],
    ['ali\u200cce', 'alice'],
    ['a\u{e0067}\u{e007f}b', 'ab'],
    ['<@!5>', '<@5>'],
    ['＜@5＞', '<@5>'],
  ];
  for (const [text, display] of shown)
    test(`of ${JSON.stringify(text)} is ${JSON.stringify(display)}`, () => {
      expect(textSubject(text)?.display).toBe(display);
    });
});

describe('a subject', () => {
  test('needs a letter, a digit or an emoji', () => {
    const named = ['a', 'ß', '中', 'ß', '5', '५', '½', '🍕', '❤', '🇫🇷', '#️⃣', '™', '‼️', '🏽', '♀', '㎏', 'Ⓐ'];
    const unnamed = [
      '',
      ' ',
      '-',
      '---',
      '!',
      '…',
      '§',
      '€',
      '+',
      '\u0301',
      '\u3164',
      '\u2800',
      '\u200b',
      '\u{e0067}',
      '~',
      '|',
    ];
    expect(named.filter((text) => textSubject(text) === undefined)).toEqual([]);
    expect(unnamed.filter((text) => textSubject(text) !== undefined)).toEqual([]);
  });

  test('is at most as long as the contract allows, as key and as shown', () => {
    const longest = MAX_SUBJECT_LENGTH;
    const fitting = ['a'.repeat(longest), '🍕'.repeat(longest / 2), ` ${'a'.repeat(longest)} `];
    fitting.push('e\u0301'.repeat(longest), `${'\u200b'.repeat(5_000)}${'a'.repeat(longest)}`);
    // Its key is eighteen times as long.
    fitting.push('ﷺ'.repeat(7));
    const tooLong = [
      'a'.repeat(longest + 1),
      '🍕'.repeat(longest / 2 + 1),
      'ﷺ'.repeat(8),
      'ß'.repeat(longest),
    ];
    tooLong.push(`${'a'.repeat(longest / 2)} ${'a'.repeat(longest / 2)}`, `a${'\u0301'.repeat(100_000)}`);
    expect(fitting.filter((text) => textSubject(text) === undefined)).toEqual([]);
    expect(tooLong.filter((text) => textSubject(text) !== undefined)).toEqual([]);
  });

  test('obeys the contract and is the subject of its own spelling, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        const text = raw.toWellFormed();
        const subject = textSubject(text);
        if (subject === undefined) return;
        expect(subjectSchema.parse(subject)).toEqual(subject);
        expect(subject.subject).toBe(subjectKey(text));
        expect(textSubject(subject.display)).toEqual(subject);
        expect(subjectKey(subject.subject)).toBe(subject.subject);
      }),
      { numRuns: 2_000 },
    );
  });
});
