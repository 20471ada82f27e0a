import type { Database } from '@popple/db/client';
import type { LedgerKind } from '@popple/db/ledger-kinds';
import type { Event } from '@popple/shared/contract/event';
import type { Request, RequestKind } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';

/** The requests by their kind. */
export type Requests = { [R in Request as R['kind']]: R };

/** What came of a request: the event that answers it, and whether the ledger had it already. */
export interface Result {
  event: Event;
  alreadyApplied: boolean;
}

/** Results by request id. */
export type Results = Map<string, Result>;

/** What svc does with the requests of one kind. */
export interface Handler<K extends RequestKind = RequestKind> {
  readonly kind: K;
  /** Whether a request of this kind changes something, and so is in the ledger once it is applied. */
  readonly writes: K extends LedgerKind ? true : false;
  /**
   * Serves requests of this kind by one statement. All of them are applied or none.
   * @throws what the database refuses or fails with; TypeError for a request of another kind.
   */
  run(database: Database, requests: readonly Request[]): Promise<Results>;
}

/** A kind of request as its file describes it. */
interface Description<K extends RequestKind, Row> {
  writes: Handler<K>['writes'];
  /** Serves requests by one statement; resolves to what the database says of each, by request id. */
  query(database: Database, requests: readonly Requests[K][]): Promise<ReadonlyMap<string, Row>>;
  toResult(request: Requests[K], row: Row): Result;
}

/** The handler of a kind of request. */
export function handler<K extends RequestKind, Row>(
  kind: K,
  { writes, query, toResult }: Description<K, Row>,
): Handler<K> {
  const isOwn = (request: Request): request is Requests[K] => request.kind === kind;
  return {
    kind,
    writes,
    async run(database, requests) {
      if (!requests.every(isOwn)) throw new TypeError(`not every request is a ${kind}`);
      const rows = await query(database, requests);
      const results: Results = new Map();
      for (const request of requests) {
        const row = rows.get(request.id);
        if (row === undefined) throw new Error(`the database gave no answer to request ${request.id}`);
        results.set(request.id, toResult(request, row));
      }
      return results;
    },
  };
}

/** What an event has in common with the request that it answers. */
export function envelope({ id, guildId, channelId }: Request) {
  return { v: CONTRACT_VERSION, id, guildId, channelId } as const;
}
