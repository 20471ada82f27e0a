import type { Log } from '@popple/shared/observability/log';
import { unreadablePayloads } from './metrics';

/** How many different lines are logged at most; the metric counts on. */
const MOST_LINES = 100;

/**
 * Counts what came from Discord and cannot be read, and logs each kind of it once: a server whose messages all lack a
 * field sends thousands of them.
 */
export class Unreadable {
  readonly #log: Log;
  readonly #logged = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * `what` is the event, or what else was to be read; it becomes a label of the metric, so there are few of them. `detail`
   * is what was wrong with it, without what a member wrote. `error` is given for a bug of ours.
   */
  note(what: string, detail: string, error?: unknown): void {
    unreadablePayloads.inc({ what });
    const line = `cannot read ${what}: ${detail}; it is skipped`;
    if (this.#logged.has(line) || this.#logged.size >= MOST_LINES) return;
    this.#logged.add(line);
    if (error === undefined) this.#log.warn(line);
    else this.#log.error({ err: error }, line);
  }
}

interface Issues {
  issues: readonly { path: PropertyKey[]; message: string }[];
}

/** What is wrong with a payload: where, and what was expected there. Has nothing of its content. */
export function describeIssues({ issues }: Issues): string {
  return issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');
}
