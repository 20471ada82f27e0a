import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { notationOf } from './examples/notation';
import { parseMessage } from './parse-message';

const bot = { id: '7', names: ['Popple'] };

const read = (message: string): string => notationOf(parseMessage(message, bot));

/** A name that needs nothing around it, and is no known name. */
const name = fc
  .stringMatching(/^[a-zé中]{2,6}$/)
  .filter((text) => !['vc', 'xlc', 'dpc', 'nvc', 'pgc', 'libg', 'obj', 'objc'].includes(text));

interface WrittenReference {
  text: string;
  signs: string;
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
  (text, signs) => `(@${text})${signs}`,
  (text, signs) => `( ${text} ) ${signs}`,
  (text, signs) => `**${text}**${signs}`,
  (text, signs) => `_${text}${signs}_`,
  (text, signs) => `||${text}${signs}||`,
  (text, signs) => `${text.normalize('NFD')}\u200b${signs}`,
];

const word = fc.tuple(name, operator, fc.constantFrom(...wordForms)).map(
  ([text, { signs, step }, form]): WrittenReference => ({
    text: form(text, signs),
    signs,
    subject: text,
    step,
  }),
);

const group = fc
  .tuple(name, name, operator, fc.constantFrom('()', '“”', '""', '（）'))
  .map(([first, second, { signs, step }, [open, close]]): WrittenReference => {
    return { text: `${open}${first}  ${second}${close}${signs}`, signs, subject: `${first} ${second}`, step };
  });

const mention = fc
  .tuple(
    fc.integer({ min: 8, max: 99 }),
    operator,
    fc.constantFrom('', ' ', ':', ': '),
    fc.constantFrom('', '!'),
  )
  .map(([id, { signs, step }, between, mark]): WrittenReference => {
    return { text: `<@${mark}${id}>${between}${signs}`, signs, subject: `<@${id}>`, step };
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
  const references = parts.filter((part) => typeof part !== 'string');
  return { texts, references };
});

function sumsOf(references: readonly WrittenReference[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { subject, step } of references) sums.set(subject, (sums.get(subject) ?? 0) + step);
  return [...sums].filter(([, sum]) => sum !== 0);
}

describe('a sentence of names', () => {
  test('means the sums of its names, in order, and nothing of what stands between', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom(' ', ', ', '\n', ' . '), ({ texts, references }, between) => {
        // One stray backtick is a character; of two, what is between them would be code.
        fc.pre(
          texts.filter((text) => text === 'it`s').length < 2 &&
            !(texts.includes('it`s') && texts.includes('`a++`')),
        );
        // `:(` opens a group that a later parenthesis may close.
        fc.pre(!texts.includes(':('));
        const intent = parseMessage(`x ${texts.join(between)}`, bot);
        const found = intent.kind === 'change-karma' ? intent.changes.map((c) => [c.subject, c.delta]) : [];
        expect(found).toEqual(sumsOf(references));
      }),
      { numRuns: 5_000 },
    );
  });

  test('says of each change where its last operator ends', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom(' ', ', ', '\n', ' . '), ({ texts, references }, between) => {
        fc.pre(!texts.includes('it`s') && !texts.includes(':('));
        const message = `x ${texts.join(between)}`;
        const intent = parseMessage(message, bot);
        if (intent.kind !== 'change-karma') return;
        for (const { subject, end } of intent.changes) {
          const last = references.findLast((reference) => reference.subject === subject);
          const written = message.slice(0, end);
          expect(written).toEndWith(last?.signs ?? 'nothing');
          expect(message.slice(end)).not.toStartWith(last?.signs.charAt(0) ?? '');
          const before = references.slice(0, references.lastIndexOf(last as WrittenReference) + 1);
          for (const { text } of before) expect(written).toContain(text.split(/[+＋－-]{2}/)[0] ?? '');
        }
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

  test('has the reason that stands after one name as the reason of all before it', () => {
    const plain = fc.array(name, { minLength: 1, maxLength: 5 }).map((words) => `x ${words.join(' ')}`);
    fc.assert(
      fc.property(
        sentence,
        plain,
        sentence,
        fc.constantFrom('for', 'because', 'as', 'FOR', 'because of', 'für'),
        (before, reason, after, word) => {
          const all = [...before.texts, ...after.texts];
          fc.pre(!all.includes('it`s') && !all.includes(':('));
          const message = `x ${before.texts.join(' ')} zz++ ${word} ${reason}\n${after.texts.join(' ')}`;
          const intent = parseMessage(message, bot);
          if (intent.kind !== 'change-karma') return;
          const named = new Set(before.references.map(({ subject }) => subject));
          for (const change of intent.changes) {
            const isBefore = change.subject === 'zz' || named.has(change.subject);
            expect(change.reason).toBe(isBefore ? reason : undefined);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
