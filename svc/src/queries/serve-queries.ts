import type { Database } from '@popple/db/client';
import {
  QUERIES,
  QUERY_KINDS,
  QUERY_VERSION,
  type Query,
  type QueryKind,
} from '@popple/shared/contract/query';
import { querySubject } from '@popple/shared/messaging/subjects';
import { describeError, type Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { NatsConnection, ServiceMsg } from 'nats';
import type { RulesOf } from '../rules/settings';
import { QUERY_HANDLERS } from './handlers';
import { queries, querySeconds } from './metrics';
import { NameIndexer } from './name-indexer';

/** Workers share the queries: each goes to one of them. */
const QUEUE = 'svc';
/** More than these wait for Postgres longer than anybody waits for them. */
const MAX_IN_HAND = 32;
/** How long to wait before the service is offered again after NATS refused it. */
const RETRY_MS = 30_000;

/** Statements of requests have 8 s in the server (db's client.ts). */
const STATEMENTS_END_WITHIN_MS = 15_000;

/** What a query that was not served is answered with: as in HTTP, a code and a sentence. */
const MALFORMED = 400;
const FAILED = 500;
const BUSY = 503;

export interface QueryServerOptions {
  connection: NatsConnection;
  /** Connections of its own: a query that takes too long must not take those of requests along. */
  database: Database;
  log: Log;
  rulesOf: RulesOf;
  /** Stops taking queries. */
  signal: AbortSignal;
}

function readQuery<K extends QueryKind>(kind: K, message: ServiceMsg): Query<K> | undefined {
  try {
    return QUERIES[kind].query.parse(message.json());
  } catch {
    return undefined;
  }
}

/**
 * Serves every kind of query until told to stop, then finishes those in hand. What fails has an error for a response and
 * is counted; the request loop is not affected by it. NATS that does not allow this (an older accounts.conf) is logged, and
 * tried again every 30 s. Never rejects.
 */
export async function serveQueries(options: QueryServerOptions): Promise<void> {
  const { connection, database, log, rulesOf, signal } = options;
  const inHand = new Set<Promise<void>>();
  const indexer = new NameIndexer({ database, log, signal, statementsEndWithinMs: STATEMENTS_END_WITHIN_MS });
  let hasFailed = false;

  async function serve<K extends QueryKind>(kind: K, message: ServiceMsg): Promise<void> {
    const finish = querySeconds.startTimer({ kind });
    const refuse = (outcome: 'malformed' | 'failed' | 'busy', code: number, why: string) => {
      queries.inc({ kind, outcome });
      message.respondError(code, why);
    };
    if (inHand.size >= MAX_IN_HAND) return refuse('busy', BUSY, 'too many queries in hand');
    const query = readQuery(kind, message);
    if (query === undefined)
      return refuse('malformed', MALFORMED, `not a ${kind} query of version ${QUERY_VERSION}`);
    try {
      const response = await QUERY_HANDLERS[kind]({ database, indexer, rulesOf }, query);
      message.respond(JSON.stringify(response));
      queries.inc({ kind, outcome: 'served' });
      finish();
      hasFailed = false;
    } catch (error) {
      refuse('failed', FAILED, 'Postgres could not serve it');
      // Somebody types on while Postgres is away: once is enough.
      if (!hasFailed) log.warn({ err: error }, `could not serve a ${kind} query: ${describeError(error)}`);
      hasFailed = true;
    }
  }

  /** Offers the service, and resolves when it has ended: to why, unless it was asked to end. */
  async function offer(): Promise<Error | null> {
    const service = await connection.services.add({
      name: 'popple-svc',
      version: `${QUERY_VERSION}.0.0`,
      description: 'What bot asks without durability.',
      queue: QUEUE,
    });
    for (const kind of QUERY_KINDS) {
      service.addEndpoint(kind, {
        subject: querySubject(kind),
        handler: (error, message) => {
          if (error !== null) return;
          const serving = serve(kind, message);
          inHand.add(serving);
          void serving.finally(() => inHand.delete(serving));
        },
      });
    }
    const stop = () => void service.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const reason = await service.stopped;
    signal.removeEventListener('abort', stop);
    return reason;
  }

  while (!signal.aborted && !connection.isClosed()) {
    const reason = await offer().catch((error: unknown) => error);
    if (signal.aborted || connection.isClosed()) break;
    log.warn(`queries are not served: ${describeError(reason)}; trying again in ${RETRY_MS} ms`);
    await pause(RETRY_MS, signal);
  }
  await Promise.all([...inHand, indexer.finished()]);
}
