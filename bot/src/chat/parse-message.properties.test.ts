import { describe, expect, test } from 'bun:test';
import { changeKarmaSchema, checkKarmaSchema } from '@popple/shared/contract/kinds';
import { MAX_REASON_LENGTH } from '@popple/shared/contract/limits';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import fc from 'fast-check';
import type { Intent } from '../commands/commands';
import { notationOf } from './examples/notation';
import { parseMessage } from './parse-message';

const bot = { id: '7', names: ['Popple', 'Popple Bot'] };
const envelope = messageEnvelope();

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
    ' for ',
    ' because ',
    ' as ',
    ' für ',
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

/** Mostly a change with a reason. */
const withReason = fc
  .tuple(soup, fc.constantFrom('for', 'because', 'as', 'für'), soup)
  .map(([before, word, after]) => `x ${before} alice++ ${word} ${after}`);

function reasonsIn(message: string): string[] {
  const intent = parseMessage(message, bot);
  return intent.kind === 'change-karma' ? intent.changes.flatMap(({ reason }) => reason ?? []) : [];
}

function deltasOf(message: string): number[] {
  const intent = parseMessage(message, bot);
  return intent.kind === 'change-karma' ? intent.changes.map(({ delta }) => delta) : [];
}

function textsOf(intent: Intent): string[] {
  const texts: string[] = [];
  JSON.stringify(intent, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

describe('any message', () => {
  test('is read without an error, the same each time, into what the contract takes', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const intent = parseMessage(message, bot);
        expect(parseMessage(message, bot)).toEqual(intent);
        expect(textsOf(intent).filter((text) => !text.isWellFormed())).toEqual([]);
        if (intent.kind === 'change-karma') changeKarmaSchema.parse({ ...envelope, ...intent });
        if (intent.kind === 'check-karma' && intent.subjects.length > 0)
          checkKarmaSchema.parse({ ...envelope, ...intent });
      }),
      { numRuns: 20_000 },
    );
  });

  test('has an operator where each change says that it ends', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const intent = parseMessage(message, bot);
        if (intent.kind !== 'change-karma') return;
        for (const { end } of intent.changes) {
          expect(Number.isInteger(end) && end > 0 && end <= message.length).toBe(true);
          // Marks of emphasis may stand between the two signs; any other text may not.
          expect(message.slice(0, end)).toMatch(/(?:[+＋][*_]*[+＋]|[-－—–][*_]*[-－]|[—–])$/);
        }
        const ends = intent.changes.map(({ end }) => end);
        expect(new Set(ends).size).toBe(ends.length);
      }),
      { numRuns: 20_000 },
    );
  });

  test('gives reasons that are one printable line of what is written in it, in order', () => {
    fc.assert(
      fc.property(fc.oneof(withReason, anyMessage), (message) => {
        for (const reason of reasonsIn(message)) {
          expect(reason.length).toBeWithin(1, MAX_REASON_LENGTH + 1);
          expect(reason).not.toMatch(/\p{Cc}|[\u2028\u2029]|^\p{White_Space}|\p{White_Space}$/u);
          expect(reason.isWellFormed()).toBe(true);
          const written = message.toWellFormed();
          let at = 0;
          for (const char of reason.replaceAll(' ', '')) {
            at = written.indexOf(char, at);
            expect(at).not.toBe(-1);
            at += char.length;
          }
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test('changes the same karma with and without the words of reasons', () => {
    fc.assert(
      fc.property(withReason, (message) => {
        const words = message.replaceAll(/ (for|because|as|für) /g, ' x$1 ');
        expect(deltasOf(message)).toEqual(deltasOf(words));
      }),
      { numRuns: 5_000 },
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

describe('what is ignored', () => {
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

  const secret: readonly [string, (text: string) => string][] = [
    ['struck-out text', (text) => `~~.${text.replaceAll('~', '')} secret~~`],
    ['fenced code', (text) => `\`\`\`\n${text.replaceAll('`', '')} secret\`\`\``],
    ['a quoted line', (text) => `\n> ${text.replaceAll('\n', ' ')} secret`],
    ['a spoiler', (text) => `||.${text.replaceAll(/[~`|\n]/g, '')} secret||`],
  ];
  for (const [what, wrap] of secret)
    test(`${what} is in no reason, whatever is in it`, () => {
      fc.assert(
        fc.property(soup, fc.constantFrom('', 'b '), (text, before) => {
          expect(reasonsIn(`alice++ for ${before}${wrap(text)} d`).join()).not.toContain('secret');
        }),
        { numRuns: 2_000 },
      );
    });
});
