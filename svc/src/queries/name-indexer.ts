import type { Database } from '@popple/db/client';
import { beginNameIndex, endNameIndex, indexNames, needsNameIndex } from '@popple/db/queries/index-names';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';

/** How often a server is looked at, at most: it grows slowly. */
const LOOK_EVERY_MS = 600_000;
/** Servers that are remembered as looked at. */
const MAX_REMEMBERED = 10_000;

export interface NameIndexerOptions {
  database: Database;
  log: Log;
  /** Ends the work where it is; another search goes on with it. */
  signal: AbortSignal;
  /** Longer than any statement that changes karma may take, in milliseconds. */
  statementsEndWithinMs: number;
}

/**
 * Makes the index of names for servers that need one, in the background, one server after another. A server is looked at when
 * somebody searches there: most servers are small, or nobody searches, and their names are not kept twice.
 *
 * First the server is noted, so that statements which begin after that add its new names. Those that had begun before do
 * not, so they are waited for; then the names that there are are entered, a thousand at a time. Killed in the middle, the next
 * search begins it again, and what is entered already is left as it is.
 */
export class NameIndexer {
  readonly #options: NameIndexerOptions;
  readonly #lookedAtMs = new Map<string, number>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: NameIndexerOptions) {
    this.#options = options;
  }

  /** Looks at a server, once in ten minutes, and makes its index where it needs one. Returns at once. */
  consider(guildId: string): void {
    const nowMs = Date.now();
    if (nowMs - (this.#lookedAtMs.get(guildId) ?? Number.NEGATIVE_INFINITY) < LOOK_EVERY_MS) return;
    if (this.#lookedAtMs.size >= MAX_REMEMBERED) this.#lookedAtMs.clear();
    this.#lookedAtMs.set(guildId, nowMs);
    this.#work = this.#work.then(async () => {
      try {
        await this.#index(guildId);
      } catch (error) {
        // Nothing is lost: the index goes on at a later search, and searches find what there is until then.
        this.#options.log.warn(`could not index the names of server ${guildId}: ${describeError(error)}`);
      }
    });
  }

  /** Resolves when everything considered so far is done. Never rejects. */
  async finished(): Promise<void> {
    await this.#work;
  }

  async #index(guildId: string): Promise<void> {
    const { database, log, signal, statementsEndWithinMs } = this.#options;
    if (signal.aborted || !(await needsNameIndex(database, guildId))) return;
    log.info(`indexing the names of server ${guildId}`);
    await beginNameIndex(database, guildId);
    await pause(statementsEndWithinMs, signal);
    for (let last: string | undefined = ''; last !== undefined; ) {
      if (signal.aborted) return;
      last = await indexNames(database, guildId, last);
    }
    await endNameIndex(database, guildId);
    log.info(`indexed the names of server ${guildId}`);
  }
}
