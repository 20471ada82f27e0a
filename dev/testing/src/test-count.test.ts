import { describe, expect, test } from 'bun:test';
import { addCounts, countTests, describeCount } from './test-count';

const report = (tests: number, failures: number, skipped: number) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="1">
  <testsuite name="a" tests="99" failures="99" skipped="99"></testsuite></testsuites>`;

describe('a run is counted', () => {
  test('by its report', () => {
    expect(countTests(report(5, 0, 2), [' 3 pass', ' 0 fail'], 0)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
    });
    expect(countTests(report(5, 1, 2), [' 2 pass', ' 1 fail'], 1)).toEqual({
      passed: 2,
      failed: 1,
      skipped: 2,
    });
  });

  test('with what the report does not know of: files that could not be loaded', () => {
    const printed = [' 2 pass', '\x1b[31m 2 fail\x1b[0m', ' 1 error'];
    expect(countTests(report(3, 1, 0), printed, 1)).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });

  test('as failed when it did not end well, whatever is reported', () => {
    expect(countTests(undefined, [], 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countTests(report(3, 0, 0), [], null)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
});

test('the last line of the summary', () => {
  const one = { passed: 1, failed: 0, skipped: 0 };
  expect(describeCount(addCounts([one, one, { passed: 40, failed: 2, skipped: 0 }]))).toBe(
    '42 passed, 2 failed',
  );
  expect(describeCount({ passed: 7, failed: 0, skipped: 1 })).toBe('7 passed, 0 failed, 1 skipped');
});
