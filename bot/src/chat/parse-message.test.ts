import { describe, expect, test } from 'bun:test';
import { changeKarmaSchema, checkKarmaSchema } from '@popple/shared/contract/kinds';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { commandExamples } from './examples/commands';
import { endExamples } from './examples/ends';
import { formExamples } from './examples/forms';
import { ignoredRegionExamples } from './examples/ignored-regions';
import { type Example, notationOf, notationWithReasons } from './examples/notation';
import { reasonExamples } from './examples/reasons';
import { sumExamples } from './examples/sums';
import { wordExamples } from './examples/words';
import { parseMessage } from './parse-message';

const bot = { id: '7', names: ['Popple', 'Popple Bot'] };
const envelope = messageEnvelope();

const sections: readonly [string, readonly Example[]][] = [
  ['a command, or karma', commandExamples],
  ['ignored before reading', ignoredRegionExamples],
  ['words', wordExamples],
  ['groups, quotations and mentions', formExamples],
  ['sums', sumExamples],
];

for (const [section, examples] of sections) {
  describe(section, () => {
    for (const [message, meaning, why] of examples) {
      test(`${JSON.stringify(message.slice(0, 80))}${why === undefined ? '' : `: ${why}`}`, () => {
        const intent = parseMessage(message, bot);
        expect(notationOf(intent)).toBe(meaning);
        if (intent.kind === 'change-karma') changeKarmaSchema.parse({ ...envelope, ...intent });
        if (intent.kind === 'check-karma' && intent.subjects.length > 0)
          checkKarmaSchema.parse({ ...envelope, ...intent });
      });
    }
  });
}

/** The rows of the table in the grammar: a message as code, its meaning, and perhaps why. */
async function grammarExamples(): Promise<Example[]> {
  const grammar = await Bun.file(`${import.meta.dir}/GRAMMAR.md`).text();
  const section = grammar.slice(grammar.indexOf('\n## Reasons\n'));
  const rows = section.matchAll(/^\| (`+)( ?)(.+?)\2\1 \| (.+?) \| ?(.*?) ?\|$/gm);
  return [...rows].map(([, , , message = '', meaning = '', why = '']) => {
    const written = message.replaceAll('\\|', '|').replaceAll('\\t', '\t');
    return why === '' ? [written, meaning] : [written, meaning, why];
  });
}

describe('reasons', async () => {
  const examples = await grammarExamples();

  test('are described by the grammar', () => {
    expect(examples.length).toBeGreaterThan(40);
  });

  for (const [message, meaning, why] of [...examples, ...reasonExamples])
    test(`${JSON.stringify(message.slice(0, 80))}${why === undefined ? '' : `: ${why}`}`, () => {
      const intent = parseMessage(message, bot);
      expect(notationWithReasons(intent)).toBe(meaning);
      if (intent.kind === 'change-karma') changeKarmaSchema.parse({ ...envelope, ...intent });
    });
});

describe('where the operators of changes end', () => {
  test.each(endExamples)('%j', (marked) => {
    const [message = '', ...rest] = marked.split('‹›');
    const marks = rest.map(
      (_, index) =>
        marked
          .split('‹›')
          .slice(0, index + 1)
          .join('').length,
    );
    const intent = parseMessage(message + rest.join(''), bot);
    const ends = intent.kind === 'change-karma' ? intent.changes.map(({ end }) => end) : [];
    expect(ends.toSorted((a, b) => a - b)).toEqual(marks);
  });

  test('however much is ignored in a group', () => {
    const message = `(thank \`${'x'.repeat(5_000)}\` you)++ for it`;
    expect(parseMessage(message, bot)).toEqual({
      kind: 'change-karma',
      changes: [
        {
          subject: 'thank you',
          display: 'thank you',
          delta: 1,
          end: message.indexOf(' for it'),
          reason: 'it',
        },
      ],
    });
  });
});

test('the first name that makes a command of the message counts, in whatever order they are given', () => {
  for (const names of [
    ['Popple', 'Popple top'],
    ['Popple top', 'Popple'],
  ]) {
    expect(parseMessage('@Popple top karma alice', { id: '7', names }).kind).toBe('check-karma');
  }
});

test('a bot without names, or with an empty one, answers to its id', () => {
  for (const names of [[], ['', ' ']]) {
    expect(parseMessage('<@7> help', { id: '7', names })).toEqual({ kind: 'help' });
    expect(parseMessage('@ help', { id: '7', names })).toEqual({ kind: 'nothing' });
  }
});

test('an intent names the key and the spelling', () => {
  expect(parseMessage('Alice++ <@!5>--', bot)).toEqual({
    kind: 'change-karma',
    changes: [
      { subject: 'alice', display: 'Alice', delta: 1, end: 7 },
      { subject: '<@5>', display: '<@5>', delta: -1, end: 15 },
    ],
  });
});
