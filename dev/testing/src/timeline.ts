/** Something that happened, and when, in milliseconds since the run began. */
export interface Happening {
  readonly atMs: number;
  readonly what: string;
}

/** What happened in a run, in order. */
export class Timeline {
  readonly happenings: Happening[] = [];
  readonly #startedAt = performance.now();

  constructor(private readonly onHappening: (happening: Happening) => void = () => {}) {}

  note(what: string): void {
    const happening = { atMs: this.elapsedMs, what };
    this.happenings.push(happening);
    this.onHappening(happening);
  }

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}

/** A happening on one line. */
export function formatHappening({ atMs, what }: Happening): string {
  return `${(atMs / 1_000).toFixed(1).padStart(7)} s  ${what}`;
}
