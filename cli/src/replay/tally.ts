import { printable } from '@popple/shared/operator/printable';

/** What may come of a request that is replayed. */
export type Outcome = 'applied' | 'known' | 'refused' | 'skipped' | 'unreadable';

/** A request that could not be applied, and why. */
export interface Problem {
  /** Its sequence in POPPLE_REQUESTS. */
  sequence: number;
  outcome: 'refused' | 'unreadable';
  reason: string;
}

/** Most problems that are told one by one. */
const MAX_TOLD = 20;

/** Counts what came of the requests, and keeps the first problems to tell them. */
export class Tally {
  readonly counts: Record<Outcome, number> = { applied: 0, known: 0, refused: 0, skipped: 0, unreadable: 0 };
  readonly #told: Problem[] = [];

  add(outcome: Exclude<Outcome, Problem['outcome']>, count = 1): void {
    this.counts[outcome] += count;
  }

  addProblem(problem: Problem): void {
    this.counts[problem.outcome] += 1;
    if (this.#told.length < MAX_TOLD) this.#told.push(problem);
  }

  /** How many requests have been dealt with. */
  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** How many could not be applied. */
  get problems(): number {
    return this.counts.refused + this.counts.unreadable;
  }

  /** The counts, and the first problems, for a program. */
  summary(): { counts: Record<Outcome, number>; problems: readonly Problem[] } {
    return { counts: this.counts, problems: this.#told };
  }

  /** The counts and the first problems, a line each. */
  report(dryRun: boolean): string {
    const { applied, known, refused, skipped, unreadable } = this.counts;
    const rows: [string, number, string][] = [
      [dryRun ? 'would apply' : 'applied', applied, ''],
      ['already known', known, 'in the ledger, nothing changed'],
      ['refused', refused, 'see below'],
      ['skipped', skipped, 'checks, which change nothing'],
      ['unreadable', unreadable, 'see below'],
    ];
    const width = Math.max(...rows.map(([, count]) => String(count).length));
    const lines = rows.map(([label, count, about]) => {
      const line = `  ${`${label}:`.padEnd(15)}${String(count).padStart(width)}`;
      return count > 0 && about !== '' ? `${line}  (${about})` : line;
    });
    for (const { sequence, outcome, reason } of this.#told)
      lines.push(`${outcome}: message ${sequence} of POPPLE_REQUESTS: ${printable(reason)}`);
    const untold = this.problems - this.#told.length;
    if (untold > 0) lines.push(`… and ${untold} more`);
    return `${lines.join('\n')}\n`;
  }
}
