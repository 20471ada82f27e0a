import { channelIdOf, userIdOf } from '@popple/shared/contract/origin';
import type { Request } from '@popple/shared/contract/request';
import type { Applied } from '../answer';
import type { Database } from '../client';
import { isContention, isLedgerConflict, LedgerContentionError, LedgerKindError } from '../errors';
import type { LedgerKind } from '../ledger-kinds';

/** Most requests that one statement takes. */
export const MAX_BATCH = 1_000;
const MAX_ATTEMPTS = 10;
const MAX_COUNTING_ATTEMPTS = 100;

/** What a statement returns of a request. */
export interface LedgerRow<Answer> {
  id: string;
  kind: LedgerKind;
  answer: Answer;
  known: boolean;
}

/**
 * The first of each id: the same request delivered twice into one batch counts once.
 * @throws RangeError when there are too many for one statement.
 */
export function distinct<One extends Request>(requests: readonly One[]): One[] {
  if (requests.length > MAX_BATCH) {
    throw new RangeError(`a batch has at most ${MAX_BATCH} requests, not ${requests.length}`);
  }
  const byId = new Map<string, One>();
  for (const request of requests) if (!byId.has(request.id)) byId.set(request.id, request);
  return [...byId.values()];
}

/** What a statement is given of a request: where and by whom, as far as it is known, beside what its kind has. */
function toRow<One extends Request>({ v: _, origin, ...request }: One) {
  return { ...request, channelId: channelIdOf(origin), userId: userIdOf(origin) };
}

/** The batch as the text of the one parameter of a statement. A constant statement with one parameter is prepared once. */
export function toParameter(requests: readonly Request[]): string {
  return JSON.stringify(distinct(requests).map(toRow));
}

/**
 * The answers by request id.
 * @throws LedgerKindError when an id is known as another kind.
 */
export function collect<Answer>(
  rows: readonly LedgerRow<Answer>[],
  kind: LedgerKind,
): Map<string, Applied<Answer>> {
  const applied = new Map<string, Applied<Answer>>();
  for (const row of rows) {
    if (row.kind !== kind) throw new LedgerKindError(row.id, row.kind, kind);
    applied.set(row.id, { answer: row.answer, known: row.known });
  }
  return applied;
}

/**
 * Does what ends in a statement that applies requests, until no other worker applies or counts the same at the same
 * moment. Trying again is right for two errors only, which undo the whole statement: the ledger's own 23505, after which
 * the next try finds that request known, and a count that is not what was decided with, after which the next try reads
 * the new one. Each is raised only after the other worker has committed, so every try that fails means that another worker
 * got on. One request is met a few times at most; many workers may meet at one member's changes, where one of them gets on at
 * a time.
 * @throws LedgerContentionError after 10 tries that met a request, or 100 that met a count; else what the last try raised.
 */
export async function untilUncontended<Result>(
  attempt: () => Promise<Result>,
  onContention: (error: Error) => void = () => {},
): Promise<Result> {
  for (let attempts = 1, met = 0; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isContention(error)) throw error;
      onContention(error);
      if (isLedgerConflict(error)) met += 1;
      if (met === MAX_ATTEMPTS || attempts === MAX_COUNTING_ATTEMPTS)
        throw new LedgerContentionError(attempts, error);
    }
  }
}

/**
 * Runs a statement that applies requests and enters them into the ledger, until none of them is being applied by
 * another worker at the same moment. The statement takes the batch as JSON text and returns a row per request:
 * `id`, `kind`, `answer`, `known`.
 * @throws what `untilUncontended` does; LedgerKindError when an id is known as another kind (the others of the batch are
 * applied); else what Postgres raises, with nothing applied.
 */
export async function applyOnce<Answer>(
  db: Database,
  kind: LedgerKind,
  statement: string,
  requests: readonly Request[],
): Promise<Map<string, Applied<Answer>>> {
  if (requests.length === 0) return new Map();
  const batch = toParameter(requests);
  const rows = await untilUncontended(() =>
    db.run(({ sql }) => sql.unsafe<LedgerRow<Answer>[]>(statement, [batch], { prepare: true })),
  );
  return collect(rows, kind);
}
