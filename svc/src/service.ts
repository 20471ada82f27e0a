import { openDatabase } from '@popple/db/client';
import { placeOf } from '@popple/db/place';
import { ping } from '@popple/db/queries/ping';
import type { Values } from '@popple/shared/config/environment';
import { openJetStream } from '@popple/shared/messaging/jetstream';
import { registry } from '@popple/shared/observability/metrics';
import { serveProbes } from '@popple/shared/observability/probes';
import type { COMMON_VARIABLES, Runner } from '@popple/shared/process/runner';
import type { SvcConfig } from './config';
import { serveQueries } from './queries/serve-queries';
import { type LoopState, requestLoop } from './request-loop';
import { checkRetention } from './retention/check-retention';
import { pruneLoop } from './retention/prune-loop';
import { streamMaxAgeMs } from './retention/stream-max-age';
import { judgeBatch } from './rules/judge-batch';
import { rulesOf } from './rules/settings';

/**
 * Queries have connections of their own, and a server's limit within their deadline: one that takes long holds up no
 * request, and is given up before who asked does.
 */
const QUERY_CONNECTIONS = 2;
const QUERY_STATEMENT_TIMEOUT_MS = 900;
/** Longer, for a Postgres that does not respond at all: the connections are replaced then. */
const QUERY_DEADLINE_MS = 3_000;

/**
 * The svc part: connects, then handles requests until told to stop, and serves queries and prunes the ledger beside that.
 * @throws OperatorError when the configuration would let a request count twice, or Postgres refuses DATABASE_URL.
 */
export async function runSvc(
  runner: Runner,
  config: SvcConfig & Values<typeof COMMON_VARIABLES>,
): Promise<void> {
  checkRetention(config);
  const state: LoopState = { place: placeOf(config.DATABASE_URL), waitingFor: 'the start' };
  const database = openDatabase({
    url: config.DATABASE_URL,
    maxConnections: config.DATABASE_POOL_SIZE,
    applicationName: 'popple-svc',
  });
  runner.defer('close the connections to Postgres', () => database.close());
  const queryDatabase = openDatabase({
    url: config.DATABASE_URL,
    maxConnections: QUERY_CONNECTIONS,
    applicationName: 'popple-svc-queries',
    statementTimeoutMs: QUERY_STATEMENT_TIMEOUT_MS,
    deadlineMs: QUERY_DEADLINE_MS,
  });
  runner.defer('close the connections of queries to Postgres', () => queryDatabase.close());
  let isConnected = () => false;
  const probes = serveProbes({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    registry,
    dependencies: [
      { name: 'nats', check: async () => (isConnected() ? undefined : 'not connected') },
      { name: 'postgres', check: async () => void (await ping(database)) },
      { name: 'requests', check: async () => state.waitingFor },
    ],
  });
  runner.defer('stop serving probes', () => probes.stop());
  runner.log.info(`probes and metrics at ${probes.url}`);

  const jetstream = await openJetStream(runner, {
    side: 'svc',
    servers: config.NATS_URL,
    limits: {
      maxAgeMs: config.STREAM_MAX_AGE,
      maxBytes: config.STREAM_MAX_BYTES,
      replicas: config.STREAM_REPLICAS,
    },
  });
  isConnected = jetstream.isConnected;
  const pruning = pruneLoop(runner.signal, {
    database,
    log: runner.log,
    retentionMs: config.LEDGER_RETENTION,
    historyRetentionMs: config.HISTORY_RETENTION,
    backfillMaxAgeMs: config.BACKFILL_MAX_AGE,
    streamMaxAgeMs: () => streamMaxAgeMs(jetstream.manager),
  });
  runner.defer('finish the statement that prunes the ledger', () => pruning);
  const { connection } = jetstream;
  const rules = rulesOf(config.RULES_PRESET);
  const serving = serveQueries({
    connection,
    database: queryDatabase,
    log: runner.log,
    rulesOf: rules,
    signal: runner.signal,
  });
  runner.defer('finish the queries in hand', () => serving);
  const options = {
    database,
    judge: judgeBatch({ rulesOf: rules }),
    ledgerRetentionMs: config.LEDGER_RETENTION,
  };
  const loop = requestLoop(runner, jetstream, options, state);
  runner.defer('finish the requests in hand', () => loop.catch(() => undefined));
  await loop;
}
