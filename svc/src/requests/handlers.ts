import type { Applied, KarmaAnswer } from '@popple/db/answer';
import type { Database } from '@popple/db/client';
import type { Judge } from '@popple/db/judging';
import type { LedgerKind } from '@popple/db/ledger-kinds';
import { adjust } from '@popple/db/queries/adjust';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { block, unblock } from '@popple/db/queries/block';
import { changeSetting } from '@popple/db/queries/change-setting';
import { checkBoard } from '@popple/db/queries/check-board';
import { checkHistory } from '@popple/db/queries/check-history';
import { checkKarma } from '@popple/db/queries/check-karma';
import { merge } from '@popple/db/queries/merge';
import type { ToldKarmas } from '@popple/db/queries/moderation';
import { remove } from '@popple/db/queries/remove';
import type { ToldUndos } from '@popple/db/queries/take-back';
import { undo } from '@popple/db/queries/undo';
import { undoAll } from '@popple/db/queries/undo-all';
import { undoDeleted } from '@popple/db/queries/undo-deleted';
import { undoRequest } from '@popple/db/queries/undo-request';
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

/** What was answered before, of requests that are applied again. */
export interface Told {
  undos: ToldUndos;
  /** How much karma the subjects had that were merged or removed. */
  karmas: ToldKarmas;
}

/** What svc does with the requests of one kind. */
export interface Handler<K extends RequestKind = RequestKind> {
  readonly kind: K;
  /** Whether a request of this kind changes something, and so is in the ledger once it is applied. */
  readonly writes: K extends LedgerKind ? true : false;
  /**
   * Serves requests of this kind, by one statement for all or by one for each. When it throws, it is not known which were
   * applied; asked again, none is applied twice. `judge` says which changes count, and `told`, what was answered before and
   * holds.
   * @throws what the database refuses or fails with; TypeError for a request of another kind.
   */
  run(database: Database, requests: readonly Request[], judge: Judge, told?: Told): Promise<Results>;
}

/** What differs between kinds of request. */
interface Description<K extends RequestKind, Row> {
  writes: Handler<K>['writes'];
  /** Serves requests; resolves to what the database says of each, by request id. */
  query(
    database: Database,
    requests: readonly Requests[K][],
    judge: Judge,
    told: Told | undefined,
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
    async run(database, requests, judge, told) {
      if (!requests.every(isOwn)) throw new TypeError(`not every request is a ${kind}`);
      const rows = await query(database, requests, judge, told);
      const results: Results = new Map();
      for (const request of requests) {
        const row = rows.get(request.id);
        if (row === undefined) throw new Error(`the database has no result for request ${request.id}`);
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

/** The result of a request that is in the ledger, whose event has this to say. */
const applied =
  <One extends Request, Answer>(toEvent: (request: One, answer: Answer) => Event) =>
  (request: One, { answer, known }: Applied<Answer>): Result => ({
    event: toEvent(request, answer),
    alreadyApplied: known,
  });

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
    query: (database, requests, _, told) => undo(database, requests, told?.undos),
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'undone', ...answer },
      alreadyApplied: known,
    }),
  }),
  'undo-deleted': handler('undo-deleted', {
    writes: true,
    query: (database, requests, _, told) => undoDeleted(database, requests, told?.undos),
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
  adjust: handler('adjust', {
    writes: true,
    query: adjust,
    toResult: applied((request, answer) => ({
      ...envelope(request),
      kind: 'adjusted',
      amount: request.amount,
      ...answer,
    })),
  }),
  block: handler('block', {
    writes: true,
    query: block,
    toResult: applied((request, answer) => ({ ...envelope(request), kind: 'blocked', ...answer })),
  }),
  unblock: handler('unblock', {
    writes: true,
    query: unblock,
    toResult: applied((request, answer) => ({ ...envelope(request), kind: 'unblocked', ...answer })),
  }),
  merge: handler('merge', {
    writes: true,
    query: (database, requests, _, told) => merge(database, requests, told?.karmas),
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'merged', ...answer },
      alreadyApplied: known,
    }),
  }),
  remove: handler('remove', {
    writes: true,
    query: (database, requests, _, told) => remove(database, requests, told?.karmas),
    toResult: (request, { answer, known }) => ({
      event: { ...envelope(request), kind: 'removed', ...answer },
      alreadyApplied: known,
    }),
  }),
  'undo-request': handler('undo-request', {
    writes: true,
    query: undoRequest,
    toResult: applied((request, answer) => ({ ...envelope(request), kind: 'request-undone', ...answer })),
  }),
  'undo-all': handler('undo-all', {
    writes: true,
    query: undoAll,
    toResult: applied((request, answer) => ({ ...envelope(request), kind: 'all-undone', ...answer })),
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
