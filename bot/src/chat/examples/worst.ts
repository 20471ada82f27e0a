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

/**
 * What makes a parser that looks ahead look again and again: texts of about a given length, by name. Most hold no operator,
 * and nothing of them would be read: put one behind.
 */
export const WORST: Readonly<Record<string, (length: number) => string>> = {
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
  ...Object.fromEntries(
    [
      'a++ for ',
      'a++ for b ',
      'a++ for `b` ',
      'a++ for `b',
      'a++ for (',
      'a++ for ) ',
      'a++,,,,,',
      'a++ because  ',
      'a++ parce que\n',
      'a++ for b and ',
      'a++ for ~~b~~ ',
      'a++ for ||b|| ',
      'a++ for *b* ',
      '(a++ for b) ',
      'a++ for b <',
      'a++ for e\u0301',
    ].map((unit) => [unit, repeated(unit)]),
  ),
  ...Object.fromEntries(
    [
      ' ',
      'b',
      ',',
      'and ',
      '(',
      '()',
      ':)',
      '\u0301\u0323',
      '\u200b',
      '👨‍👩‍👧\u200d',
      '🇫🇷',
      '`b` ',
      '`',
      '~~b~~',
      '||b|| ',
      '*b* ',
      '<@1>',
      '<',
      'https://x.org ',
    ].map((unit) => [`a reason of ${unit}`, (length: number) => `a++ for ${repeated(unit)(length)}`]),
  ),
  'a reason of flags that never end': (length) => `a++ for ${'🏴\u{e0061}\u{e0062}'.repeat(length / 6)}`,
  'spaces after an operator': (length) => `a++${' '.repeat(length)}for b`,
  'commas after an operator': (length) => `a++${','.repeat(length)} for b`,
  'one reason of many': (length) => `${'a++ '.repeat(length / 4)}for b`,
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
