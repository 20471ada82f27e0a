/** How many tests there were, by how they ended. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of the counts. */
export function addCounts(counts: readonly TestCount[]): TestCount {
  const sum = (key: keyof TestCount) => counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** `12 passed, 0 failed`, and how many were skipped when any were: the last line of the summary. */
export function describeCount(count: TestCount): string {
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  return `${count.passed} passed, ${count.failed} failed${skipped}`;
}

/**
 * Counts a run of `bun test` from its JUnit report (undefined when it wrote none), the last lines it printed, and its
 * exit code. The report does not know of files that could not be loaded nor of errors outside of tests, which the printed
 * summary counts as failures; and a run that did not end well has failed even when neither names a failure.
 */
export function countTests(
  report: string | undefined,
  printed: readonly string[],
  exitCode: number | null,
): TestCount {
  const head = /<testsuites\b[^>]*>/.exec(report ?? '')?.[0] ?? '';
  const attribute = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const [tests, failures, skipped] = [attribute('tests'), attribute('failures'), attribute('skipped')];
  const summary = printed.map((line) => /^ *(\d+) fail$/.exec(withoutColour(line))?.[1]).findLast(Boolean);
  const failed = Math.max(failures, Number(summary ?? 0), exitCode === 0 ? 0 : 1);
  return { passed: tests - failures - skipped, failed, skipped };
}

function withoutColour(line: string): string {
  return Bun.stripANSI(line);
}
