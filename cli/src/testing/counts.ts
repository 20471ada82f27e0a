/** The counts that `bun run replay` printed, by what it calls them. */
export function countsIn(output: string): Record<string, number> {
  return Object.fromEntries(
    [...output.matchAll(/^ {2}([a-z ]+): +(\d+)/gm)].map(([, label = '', count]) => [label, Number(count)]),
  );
}

/** The counts of a replay that found nothing. */
export const NO_COUNTS = { applied: 0, 'already known': 0, refused: 0, skipped: 0, unreadable: 0 };
