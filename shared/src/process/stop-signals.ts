/**
 * Signals closer than this belong to one request. The terminal sends Ctrl-C to its whole process group, and `bun run`,
 * which is in it, passes its own on some milliseconds later: one press arrives twice, under npx three times.
 */
export const SAME_REQUEST_MS = 1_000;

/** What to do when somebody asks the process to stop. */
export interface StopHandlers<Name extends NodeJS.Signals> {
  /** The first request: stop in order. */
  first(name: Name): void;
  /** Every signal that comes 1 s or more after the first: stop at once. */
  again(name: Name): void;
}

/** Listens for `signals` and tells one request, however often it arrives, from another one. */
export function onStopSignals<const Name extends NodeJS.Signals>(
  signals: readonly Name[],
  { first, again }: StopHandlers<Name>,
): void {
  let firstAtMs: number | undefined;
  for (const name of signals) {
    process.on(name, () => {
      if (firstAtMs === undefined) {
        firstAtMs = performance.now();
        first(name);
      } else if (performance.now() - firstAtMs >= SAME_REQUEST_MS) {
        again(name);
      }
    });
  }
}
