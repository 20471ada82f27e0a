import type { Example } from './notation';

const list = (count: number, operator: string): string =>
  Array.from({ length: count }, (_, at) => `s${at}${operator}`).join(' ');

export const sumExamples: readonly Example[] = [
  ['', 'nothing'],
  [' ', 'nothing'],
  ['hello', 'nothing'],
  ['foo++ foo++ foo++', 'foo +3'],
  ['foo-- foo--', 'foo -2'],
  ['Popple++ Popple--', 'nothing'],
  ['foo++ foo-- foo--', 'foo -1'],
  ['a++ b++ a--', 'b +1'],
  ['b++ a++ b++', 'b +2, a +1'],
  ['b++ a++ b-- b--', 'b -1, a +1', 'the order is that of first appearance'],
  ['Alice++ alice++', 'Alice +2'],
  ['alice++ (Alice)++ "ALICE"++ **alice**++', 'alice +4'],
  [list(25, '++'), list(25, ' +1').replaceAll(' s', ', s')],
  [list(26, '++'), 'too many: 26'],
  [list(30, '--'), 'too many: 30'],
  [
    `${list(25, '++')} s0++ S1++ s2--`,
    list(25, ' +1')
      .replaceAll(' s', ', s')
      .replace('s0 +1', 's0 +2')
      .replace('s1 +1', 's1 +2')
      .replace(' s2 +1,', ''),
  ],
  [
    `${list(26, '++')} s3--`,
    list(26, ' +1').replaceAll(' s', ', s').replace(' s3 +1,', ''),
    'a sum of zero is silence, here too',
  ],
  [`${list(30, '++')} ${list(30, '--')}`, 'nothing'],
  ['a++ '.repeat(10_001), 'a +10000', 'the most that the contract lets one message change'],
];
