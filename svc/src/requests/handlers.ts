import type { KarmaAnswer } from '@popple/db/answer';
import type { Database } from '@popple/db/client';
import type { Judge } from '@popple/db/judging';
import type { LedgerKind } from '@popple/db/ledger-kinds';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { changeSetting } from '@popple/db/queries/change-setting';
import { checkBoard } from '@popple/db/queries/check-board';
import { checkHistory } from '@popple/db/queries/check-history';
import { checkKarma } from '@popple/db/queries/check-karma';
import type { ToldUndos } from '@popple/db/queries/take-back';
import { undo } from '@popple/db/queries/undo';
import { undoDeleted } from '@popple/db/queries/undo-deleted';
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
   * Serves requests of this kind by one statement. All of them are applied or none. `judge` says which changes count, and
   * `toldUndos`, where undos were answered before, what was undone.
   * @throws what the database refuses or fails with; TypeError for a request of another kind.
   */
  run(
    database: Database,
    requests: readonly Request[],
    judge: Judge,
    toldUndos?: ToldUndos,
  ): Promise<Results>;
}

/** What differs between kinds of request. */
interface Description<K extends RequestKind, Row> {
  writes: Handler<K>['writes'];
  /** Serves requests by one statement; resolves to what the database says of each, by request id. */
  query(
    database: Database,
    requests: readonly Requests[K][],
    judge: Judge,
    toldUndos: ToldUndos | undefined,
  ): Promise<ReadonlyMap<string, Row>>;
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
    async run(database, requests, judge, toldUndos) {
      if (!requests.every(isOwn)) throw new TypeError(`not every request is a ${kind}`);
      const rows = await query(database, requests, judge, toldUndos);
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

/** What an event has in common with the request that it answers. The origin is repeated whole, whatever svc knows of it. */
function envelope({ id, at, guildId, origin }: Request) {
  return { v: CONTRACT_VERSION, id, at, guildId, origin } as const;
}

/** What an event says of changes of karma: the totals if any counts. */
function whatCame({ announce, totals, verdicts }: KarmaAnswer) {
  if (verdicts === undefined) return { kind: 'karma-changed', announce, totals } as const;
  if (totals.length === 0) return { kind: 'karma-refused', announce, verdicts } as const;
  return { kind: 'karma-changed', announce, totals, verdicts } as const;
}

/** What svc does with each kind of request. A kind of the contract that is missing here does not compile. */
export const HANDLERS: { readonly [K in RequestKind]: Handler<K> } = {
  'change-karma': handler('change-karma', {
    writes: true,
    query: applyKarma,
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), ...whatCame(answer) },
      alreadyApplied: known,
    }),
  }),
  'check-karma': handler('check-karma', {
    writes: false,
    query: checkKarma,
    toResult: (request, totals) => ({
      event: { ...envelope(request), kind: 'karma-checked', totals },
      alreadyApplied: false,
    }),
  }),
  'check-board': handler('check-board', {
    writes: false,
    query: checkBoard,
    toResult: (request, entries) => ({
      event: {
        ...envelope(request),
        kind: 'board-checked',
        end: request.end,
        entries,
        ...(request.from === undefined ? {} : { from: request.from }),
      },
      alreadyApplied: false,
    }),
  }),
  'change-setting': handler('change-setting', {
    writes: true,
    query: changeSetting,
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'setting-changed', ...answer },
      alreadyApplied: known,
    }),
  }),
  undo: handler('undo', {
    writes: true,
    query: (database, requests, _, toldUndos) => undo(database, requests, toldUndos),
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'undone', ...answer },
      alreadyApplied: known,
    }),
  }),
  'undo-deleted': handler('undo-deleted', {
    writes: true,
    query: (database, requests, _, toldUndos) => undoDeleted(database, requests, toldUndos),
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'undone', ...answer },
      alreadyApplied: known,
    }),
  }),
  'check-history': handler('check-history', {
    writes: false,
    query: checkHistory,
    toResult: (request, page) => ({
      event: { ...envelope(request), kind: 'history-checked', side: request.side, ...page },
      alreadyApplied: false,
    }),
  }),
};

/** Whether a request changes something: one that only asks is in no ledger, and serving it again does no harm. */
export const writes = ({ kind }: Request): boolean => HANDLERS[kind].writes;

const isKind = (text: string): text is RequestKind => Object.hasOwn(HANDLERS, text);

/** The kind that the subject of a request names, for the labels of metrics; `none` for what svc does not know. */
export function kindOfSubject(subject: string): RequestKind | 'none' {
  const token = subject.split('.')[2] ?? '';
  return isKind(token) ? token : 'none';
}
