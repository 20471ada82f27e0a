import { expect, test } from 'bun:test';
import { parseMessage } from './parse-message';

const bot = { id: '7', names: ['Popple', 'Popple Bot'] };

const LENGTH = 6_000;
const GROWTH = 8;
const FEWEST_TRIES = 3;
const MOST_TRIES = 12;

/** Linear is 8; quadratic is 64. What is between belongs to a machine with other things to do. */
const MOST_GROWTH = 40;

/** A shorter time is mostly the clock's. */
const SHORTEST_MS = 0.02;

const repeated = (unit: string) => (length: number) => unit.repeat(length / unit.length);

/** Runs of backticks of all lengths, so that each looks for a partner of its own. */
function backticks(separator: string, isRising: boolean) {
  return (length: number): string => {
    const runs = Array.from({ length: Math.floor(Math.sqrt(2 * length)) }, (_, at) => '`'.repeat(at + 1));
    return (isRising ? runs : runs.reverse()).join(separator);
  };
}

function distinctNames(length: number): string {
  let text = '';
  for (let at = 0; text.length < length; at++) text += `s${at}++ `;
  return text;
}

const half = (open: string, close: string) => (length: number) =>
  open.repeat(length / 2) + close.repeat(length / 2);

/** What makes a parser that looks ahead look again and again. All hold an operator, or nothing would be read. */
const worst: Record<string, (length: number) => string> = {
  ...Object.fromEntries(
    [
      '+',
      '-',
      '＋',
      '(',
      '( ',
      ')',
      '[',
      '[]',
      '[)',
      '"',
      '" ',
      "'",
      "'a ",
      '“',
      '“ ',
      '`',
      '` `` ',
      '\\`',
    ].map((unit) => [unit, repeated(unit)]),
  ),
  ...Object.fromEntries(
    [
      '<',
      '<@',
      '<@1>',
      '<@1>++',
      '<@1> — ',
      '<@1>      ',
      '@',
      '@ ',
      '@a ',
      '*',
      '**a ',
      'a** ',
      '*a _b ',
      '_',
    ].map((unit) => [unit, repeated(unit)]),
  ),
  ...Object.fromEntries(
    ['~', '~~ ', '~ ', '> ', '> a\n', '>>>', '|', '|| ', '\\', '://', '(://', 'a:// ', 'www.', 'www. '].map(
      (unit) => [unit, repeated(unit)],
    ),
  ),
  ...Object.fromEntries(
    [
      'a++ ',
      'a++,',
      'a++b',
      '(a)++',
      ',(a)++',
      '"a"++',
      'C++',
      'C++ ',
      '/C',
      '\u0301\u0323',
      '\u200b',
      '👨‍👩‍++ ',
    ].map((unit) => [unit, repeated(unit)]),
  ),
  'nested groups': half('(', ')'),
  'nested groups, spaced': half('( ', ') '),
  'nested groups with an operator at the end': (length) => `${half('(', ')')(length)}++`,
  'nested groups with operators': (length) => '(a '.repeat(length / 8) + ')++ '.repeat(length / 8),
  'opening quotes and one that closes': (length) => `${'“ '.repeat(length / 2)}”`,
  'emphasis opened, then closed': half('*a _b ', 'c* d_ '),
  'rising runs of backticks': backticks(' ', true),
  'falling runs of backticks': backticks(' ', false),
  'rising fences': backticks('\n', true),
  'falling fences': backticks('\n', false),
  'one long word': repeated('a'),
  'one long line of white space': (length) => `(a)${' '.repeat(length)}`,
  'letters, then a URL': (length) => `${'a'.repeat(length)}://b`,
  'URLs that half close groups': (length) => '('.repeat(length / 4) + 'a://b)'.repeat(length / 8),
  'a mention and dashes': (length) => `<@1>${'—'.repeat(length)}`,
  'a flag that never ends': (length) => `🏴${'\u{e0061}'.repeat(length / 2)}`,
  'names all different': distinctNames,
  'groups asked for': (length) => `<@7> karma ${'(a '.repeat(length / 3)}`,
  'nested groups asked for': (length) => `<@7> karma ${half('(', ')')(length)}`,
  'quotes asked for': (length) => `<@7> karma ${'“a '.repeat(length / 3)}”`,
  'a long name of the bot': (length) => `@${'\u0301\u0323'.repeat(length / 2)} karma`,
  'a long size': (length) => `<@7> top ${'\u0301\u0323'.repeat(length / 2)}`,
};

function timeMs(message: string, times: number): number {
  const begin = performance.now();
  for (let time = 0; time < times; time++) parseMessage(message, bot);
  return performance.now() - begin;
}

/**
 * How much longer the large message takes than the small one, each at its shortest. The small one is read as often as it
 * is smaller, so that a busy machine interrupts both alike; and both are tried again as long as the answer is too high,
 * since what is slow in itself is so every time.
 */
function growth(small: string, large: string): number {
  timeMs(large, 1);
  let smallMs = Number.POSITIVE_INFINITY;
  let largeMs = Number.POSITIVE_INFINITY;
  let found = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < MOST_TRIES && (attempt < FEWEST_TRIES || found >= MOST_GROWTH); attempt++) {
    largeMs = Math.min(largeMs, timeMs(large, 1));
    smallMs = Math.min(smallMs, timeMs(small, GROWTH) / GROWTH);
    found = largeMs / Math.max(smallMs, SHORTEST_MS);
  }
  return found;
}

for (const [what, build] of Object.entries(worst))
  test(`reading grows in step with the message: ${JSON.stringify(what)}`, () => {
    expect(growth(`${build(LENGTH)} a++`, `${build(GROWTH * LENGTH)} a++`)).toBeLessThan(MOST_GROWTH);
  });
