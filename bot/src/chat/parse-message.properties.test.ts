import { describe, expect, test } from 'bun:test';
import { changeKarmaSchema, checkKarmaSchema } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import fc from 'fast-check';
import { notationOf } from './examples/notation';
import { type Intention, parseMessage } from './parse-message';

const bot = { id: '7', names: ['Popple', 'Popple Bot'] };
const envelope = { v: CONTRACT_VERSION, id: '1', guildId: '2', channelId: '3', userId: '4' };

const read = (message: string): string => notationOf(parseMessage(message, bot));

/** Everything the grammar gives a meaning to, and pieces that break it. */
const piece = fc.constantFrom(
  ...[
    '++',
    '--',
    '+',
    '-',
    '＋＋',
    '－',
    '—',
    '–',
    '(',
    ')',
    '（',
    '）',
    '[',
    ']',
    '"',
    "'",
    '“',
    '”',
    '`',
    '``',
    '```',
  ],
  ...[
    '~~',
    '~',
    '||',
    '|',
    '**',
    '*',
    '_',
    '__',
    '> ',
    '>>> ',
    '>',
    '<',
    '<@',
    '<@1>',
    '<@!2>',
    '<@7> ',
    '@',
    '@Popple ',
    '@everyone',
  ],
  ...[
    'karma ',
    'top ',
    'bot ',
    'announce ',
    'help',
    'on',
    '5',
    ' ',
    ' ',
    ' ',
    '\n',
    '\t',
    '\u3000',
    '\u200b',
    '\ufe0f',
    '\u200d',
    '\u0000',
  ],
  ...[
    'alice',
    'Bob',
    'C',
    'C++',
    'g',
    'é',
    'e\u0301',
    'ß',
    '🍕',
    '👨‍👩‍👧',
    'https://x.org/',
    'www.',
    '://',
    ':',
    ';',
    ',',
    '.',
    '!',
    '\\',
    '=',
    '/',
  ],
);
const soup = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));
const anyMessage = fc.oneof(
  soup,
  soup.map((text) => `<@7> ${text}`),
  soup.map((text) => `<@7> karma ${text}`),
  fc.tuple(soup, anyUnits, soup).map((texts) => texts.join('')),
  fc.string({ unit: 'binary' }),
);

function textsOf(intention: Intention): string[] {
  const texts: string[] = [];
  JSON.stringify(intention, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

describe('any message', () => {
  test('is read without an error, the same each time, into what the contract takes', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const intention = parseMessage(message, bot);
        expect(parseMessage(message, bot)).toEqual(intention);
        expect(textsOf(intention).filter((text) => !text.isWellFormed())).toEqual([]);
        if (intention.kind === 'change-karma') changeKarmaSchema.parse({ ...envelope, ...intention });
        if (intention.kind === 'check-karma' && intention.subjects.length > 0)
          checkKarmaSchema.parse({ ...envelope, ...intention });
      }),
      { numRuns: 20_000 },
    );
  });

  test('means the same with white space around it', () => {
    fc.assert(
      fc.property(soup, fc.constantFrom(' ', '\t', '  '), (message, space) => {
        // A quote begins a line, at most after spaces.
        fc.pre(!/^\s*>/.test(message));
        expect(read(`${space}${message}${space}`)).toBe(read(message));
      }),
      { numRuns: 5_000 },
    );
  });
});

/** A name that needs nothing around it, and is no known name. */
const name = fc
  .stringMatching(/^[a-zé中]{2,6}$/)
  .filter((text) => !['vc', 'xlc', 'dpc', 'nvc', 'pgc', 'libg', 'obj', 'objc'].includes(text));

interface Naming {
  text: string;
  subject: string;
  step: 1 | -1;
}

const operator = fc.oneof(
  fc.constantFrom('++', '+++', '++++', '＋＋').map((signs) => ({ signs, step: 1 as const })),
  fc.constantFrom('--', '---', '----', '－－').map((signs) => ({ signs, step: -1 as const })),
);

const wordForms: readonly ((name: string, signs: string) => string)[] = [
  (text, signs) => text + signs,
  (text, signs) => `${text.toUpperCase()}${signs}`,
  (text, signs) => `@${text}${signs}`,
  (text, signs) => `@${text} ${signs}`,
  (text, signs) => `${text}:${signs}`,
  (text, signs) => `${text}${signs}!`,
  (text, signs) => `(${text}${signs})`,
  (text, signs) => `"${text}"${signs}`,
  (text, signs) => `(${text})${signs}`,
  (text, signs) => `( ${text} ) ${signs}`,
  (text, signs) => `**${text}**${signs}`,
  (text, signs) => `_${text}${signs}_`,
  (text, signs) => `||${text}${signs}||`,
  (text, signs) => `${text.normalize('NFD')}\u200b${signs}`,
];

const word = fc
  .tuple(name, operator, fc.constantFrom(...wordForms))
  .map(([text, { signs, step }, form]): Naming => ({ text: form(text, signs), subject: text, step }));

const group = fc
  .tuple(name, name, operator, fc.constantFrom('()', '“”', '""', '（）'))
  .map(([first, second, { signs, step }, [open, close]]): Naming => {
    return { text: `${open}${first}  ${second}${close}${signs}`, subject: `${first} ${second}`, step };
  });

const mention = fc
  .tuple(
    fc.integer({ min: 8, max: 99 }),
    operator,
    fc.constantFrom('', ' ', ':', ': '),
    fc.constantFrom('', '!'),
  )
  .map(([id, { signs, step }, between, mark]): Naming => {
    return { text: `<@${mark}${id}>${between}${signs}`, subject: `<@${id}>`, step };
  });

/** What is read for nothing wherever it stands on its own. */
const noise = fc.constantFrom(
  ...[
    'hello',
    '`a++`',
    '```\nb++\n```',
    '~~c--~~',
    'https://x.org/d++',
    'www.x.org/e--',
    'C++',
    'f++g++',
    '2024--2025',
    'i++;',
    ':--',
  ],
  ...[
    '(an aside)',
    '"a quote"',
    '<@5>',
    '@someone',
    '<:party:1>++',
    ':(',
    '--force',
    '@everyone++',
    'x=y++',
    '\n> h++\n',
    'it`s',
    "don't",
  ],
);

const sentence = fc.array(fc.oneof(word, group, mention, noise), { maxLength: 15 }).map((parts) => {
  const texts = parts.map((part) => (typeof part === 'string' ? part : part.text));
  const namings = parts.filter((part) => typeof part !== 'string');
  return { texts, namings };
});

function sumsOf(namings: readonly Naming[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { subject, step } of namings) sums.set(subject, (sums.get(subject) ?? 0) + step);
  return [...sums].filter(([, sum]) => sum !== 0);
}

describe('a sentence of names', () => {
  test('means the sums of its names, in order, and nothing of what stands between', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom(' ', ', ', '\n', ' . '), ({ texts, namings }, between) => {
        // One stray backtick is a character; of two, what is between them would be code.
        fc.pre(
          texts.filter((text) => text === 'it`s').length < 2 &&
            !(texts.includes('it`s') && texts.includes('`a++`')),
        );
        // `:(` opens a group that a later parenthesis may close.
        fc.pre(!texts.includes(':('));
        const intention = parseMessage(`x ${texts.join(between)}`, bot);
        const found =
          intention.kind === 'change-karma' ? intention.changes.map((c) => [c.subject, c.delta]) : [];
        expect(found).toEqual(sumsOf(namings));
      }),
      { numRuns: 5_000 },
    );
  });

  test('means the same with plain words after it', () => {
    fc.assert(
      fc.property(sentence, fc.array(name), ({ texts }, words) => {
        const message = `x ${texts.join(' ')}`;
        expect(read(`${message} ${words.join(' ')}`)).toBe(read(message));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('what is left out', () => {
  const left: readonly [string, (text: string) => string][] = [
    ['a code span', (text) => `x \`${text.replaceAll('`', '')} \``],
    ['a code span of two backticks', (text) => `x \`\` ${text.replaceAll('``', '')} \`\``],
    ['fenced code', (text) => `x\n\`\`\`\n${text.replaceAll('```', '')}\n\`\`\``],
    ['a quoted line', (text) => `x\n> ${text.replaceAll('\n', ' ')}`],
    ['a quoted rest', (text) => `x\n>>> ${text}`],
    ['struck-out text', (text) => `x ~~.${text.replaceAll('~', '')}~~`],
    ['a URL', (text) => `x https://x.org/${text.replaceAll(/[\p{White_Space}<>|]/gu, '')}`],
  ];
  for (const [what, wrap] of left)
    test(`${what} means nothing, whatever is in it`, () => {
      fc.assert(
        fc.property(soup, (text) => {
          expect(read(`${wrap(text)}\nalice++`)).toBe(what === 'a quoted rest' ? 'nothing' : 'alice +1');
        }),
        { numRuns: 2_000 },
      );
    });
});
