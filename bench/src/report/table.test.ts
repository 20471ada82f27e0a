import { expect, test } from 'bun:test';
import { msText, perSecondText, ratioText, table } from './table';

test('columns line up, numbers to the right', () => {
  expect(
    table(
      [{ heading: 'what' }, { heading: 'n', isNumber: true }],
      [
        ['a', '1'],
        ['chat → ledger', '10,000'],
      ],
    ),
  ).toBe(
    [
      '| what          |      n |',
      '| ------------- | -----: |',
      '| a             |      1 |',
      '| chat → ledger | 10,000 |',
    ].join('\n'),
  );
});

test.each([
  [12_345.6, '12,300'],
  [999.4, '999'],
  [49.86, '50'],
  [1_234_567, '1,230,000'],
])('%d a second is %s', (value, text) => {
  expect(perSecondText(value)).toBe(text);
});

test('times and ratios', () => {
  expect([msText(0.123456), msText(3.456), msText(99.94), msText(1_234.5)]).toEqual([
    '0.123',
    '3.46',
    '99.9',
    '1235',
  ]);
  expect(ratioText(1.005)).toBe('1.00');
});
