import { expect, test } from 'bun:test';
import type { Letter } from './letter';
import { letterTable } from './table';

const letter = (override: Partial<Letter> = {}): Letter => ({
  number: 3,
  diedAt: new Date('2026-07-01T02:03:04.567Z'),
  origin: 'request',
  reason: 'not-json',
  detail: 'JSON Parse error: Unexpected identifier "x"',
  subject: 'popple.request.change-karma.100',
  stream: 'POPPLE_REQUESTS',
  sequence: 12,
  deliveries: 1,
  id: '5',
  ...override,
});

const LETTERS = [
  letter(),
  letter({ number: 112, origin: 'event', reason: 'refused-by-discord', subject: undefined, deliveries: 12 }),
];

test('columns are aligned, numbers to the right, and what is not known is a dash', () => {
  expect(letterTable(LETTERS)).toBe(
    `\
  n  when                  reason              origin   subject                          deliveries  detail
  3  2026-07-01T02:03:04Z  not-json            request  popple.request.change-karma.100           1  JSON Parse error: Unexpected identifier "x"
112  2026-07-01T02:03:04Z  refused-by-discord  event    -                                        12  JSON Parse error: Unexpected identifier "x"
`,
  );
});

test('in a terminal no line is wider than it, and the detail is what is cut', () => {
  const lines = letterTable(LETTERS, 120).trimEnd().split('\n');
  expect(lines.map((line) => Bun.stringWidth(line)).slice(1)).toEqual([120, 120]);
  for (const line of lines.slice(1)) expect(line).toEndWith('JSON Parse error: …');
  expect(
    letterTable(LETTERS, 20)
      .trimEnd()
      .split('\n')
      .map((line) => Bun.stringWidth(line)),
  ).toEqual([20, 20, 20]);
});

test('wide characters keep the columns, and nothing steers the terminal', () => {
  const table = letterTable([
    letter({ subject: 'popple.猫', detail: '\u001b[31mred' }),
    letter({ detail: 'x' }),
  ]);
  const lines = table.trimEnd().split('\n');
  const columnOf = (line: string, text: string) => Bun.stringWidth(line.slice(0, line.indexOf(text)));
  expect(columnOf(lines[1] ?? '', '\\u{1b}[31mred')).toBe(columnOf(lines[2] ?? '', ' x') + 1);
  expect(table).not.toContain('\u001b');
});
