import { expect, test } from 'bun:test';
import { readArguments, SCENARIOS } from './arguments';

const NOTHING = {
  isQuick: false,
  soakMinutes: undefined,
  soakPerSecond: undefined,
  isPatient: false,
  keeps: false,
};

test('without arguments everything is measured, but for the soak', () => {
  expect(readArguments([])).toEqual({ ...NOTHING, scenarios: SCENARIOS });
});

test('some are measured alone, in the usual order', () => {
  expect(readArguments(['--only', 'parser, rates', '--quick', '--patient'])).toEqual({
    ...NOTHING,
    isPatient: true,
    scenarios: ['rates', 'parser'],
    isQuick: true,
  });
});

test.each([
  [['--soak'], 10, undefined],
  [['--soak', '2'], 2, undefined],
  [['--soak', '0.5', '--soak-rate', '300'], 0.5, 300],
])('%j is a soak and nothing else', (args, soakMinutes, soakPerSecond) => {
  expect(readArguments(args)).toEqual({ ...NOTHING, scenarios: [], soakMinutes, soakPerSecond });
});

test('help is help', () => {
  expect(readArguments(['--quick', '--help'])).toBeUndefined();
});

test.each([
  [['--only', 'rates,nonsense'], '--only nonsense: expected some of rates'],
  [['--fast'], "Unknown option '--fast'"],
  [['rates'], '"rates" is not understood'],
  [['--soak', 'long'], '--soak long: expected a number above 0'],
])('%j is refused', (args, problem) => {
  expect(() => readArguments(args)).toThrow(problem);
});
