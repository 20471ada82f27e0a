import { killRemainingChildren } from '@popple/embedded/child-process';
import { ensureDurable, ensureStreams } from '@popple/shared/messaging/topology';
import { testNats } from '@popple/testing/nats';
import { ownPostgres, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { connect, type JetStreamManager, type NatsConnection } from 'nats';
import postgres from 'postgres';
import { keepDataOnDisk } from './disk';

const STREAM_LIMITS = { maxAgeMs: 6 * 3_600_000, maxBytes: 16 * 2 ** 30, replicas: 1 };

/**
 * What an operator would run, not what is quick: every commit waits for the disk. Only the log may grow longer between
 * two checkpoints than by default: one that falls into a measurement of seconds says nothing about the code.
 */
const DURABLE_POSTGRES = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_wal_size: '8GB',
  max_connections: '60',
};

/**
 * Bun collects garbage by how much memory there is, and in their containers (compose.yaml) bot and svc have 256 MiB. They
 * are told so here, or a machine with a lot of memory would show what no operator sees.
 */
const PART_MEMORY_BYTES = 256 * 2 ** 20;

/** The servers that everything is measured on, and what makes each measurement begin anew. */
export interface Stage {
  readonly natsUrl: string;
  readonly natsPid: number;
  readonly postgresPid: number;
  /** Versions of what is measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Removes every stream and makes Popple's anew, empty, with their consumers. */
  freshStreams(): Promise<void>;
  /** Makes a migrated, empty database and resolves to its URL. The one that it made before is dropped. */
  freshDatabase(): Promise<string>;
  /** Makes one that stays until the end. */
  lastingDatabase(): Promise<string>;
  /** Starts a part on this NATS and waits until it is ready. */
  startService(part: 'bot' | 'svc', environment: Record<string, string>): Promise<TestService>;
  /** How many deadlocks Postgres has seen in all databases so far. */
  deadlocks(): Promise<number>;
  /** Ends everything and removes its data. */
  stop(): Promise<void>;
}

async function removeStreams(manager: JetStreamManager): Promise<void> {
  for await (const { config } of manager.streams.list()) await manager.streams.delete(config.name);
}

async function inDatabase<Result>(
  url: string,
  work: (sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function deadlocksIn(databaseUrl: string | undefined): Promise<number> {
  if (databaseUrl === undefined) return 0;
  return await inDatabase(databaseUrl, async (sql) => {
    const [row] = await sql<{ deadlocks: number }[]>`
      SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()`;
    return row?.deadlocks ?? 0;
  });
}

/** Starts NATS and Postgres as processes of their own, on data of their own, with durable settings. */
export async function openStage(): Promise<Stage> {
  keepDataOnDisk();
  await using cleanups = new AsyncDisposableStack();
  cleanups.defer(() => killRemainingChildren());
  const server = cleanups.use(await ownPostgres(DURABLE_POSTGRES));
  const nats = cleanups.use(await testNats());
  const connection = await connect({ servers: nats.url });
  cleanups.defer(() => connection.close());
  const manager = await connection.jetstreamManager();
  const parts = new Set<TestService>();
  cleanups.defer(async () => {
    await Promise.all([...parts].map((part) => part.stop()));
  });
  const versions = {
    'nats-server': connection.info?.version ?? 'unknown',
    Postgres: await inDatabase(server.url, async (sql) => {
      const [row] = await sql<{ version: string }[]>`SELECT current_setting('server_version') AS version`;
      return row?.version ?? 'unknown';
    }),
    Bun: Bun.version,
  };
  let dropLast = async () => {};
  let lastUrl: string | undefined;
  let seenDeadlocks = 0;
  const cleanup = cleanups.move();
  return {
    natsUrl: nats.url,
    natsPid: nats.pid(),
    postgresPid: server.pid(),
    versions,
    connection,
    manager,
    freshStreams: async () => {
      await removeStreams(manager);
      await ensureStreams(manager, STREAM_LIMITS);
      await ensureDurable(manager, 'svc');
      await ensureDurable(manager, 'bot');
    },
    freshDatabase: async () => {
      // A dropped database takes its statistics with it.
      seenDeadlocks += await deadlocksIn(lastUrl);
      await dropLast();
      const database = await testDatabase(server.url);
      dropLast = () => database.drop();
      lastUrl = database.url;
      // What was written before must not be flushed in the midst of what is measured now.
      await inDatabase(database.url, (sql) => sql`CHECKPOINT`);
      return database.url;
    },
    lastingDatabase: async () => (await testDatabase(server.url)).url,
    startService: async (part, environment) => {
      const started = await startService(part, {
        NATS_URL: nats.url,
        STREAM_MAX_AGE: `${STREAM_LIMITS.maxAgeMs}ms`,
        STREAM_MAX_BYTES: String(STREAM_LIMITS.maxBytes),
        LOG_LEVEL: 'warn',
        BUN_JSC_forceRAMSize: String(PART_MEMORY_BYTES),
        ...environment,
      });
      parts.add(started);
      void started.exited.then(() => parts.delete(started));
      await started.ready();
      return started;
    },
    deadlocks: async () => seenDeadlocks + (await deadlocksIn(lastUrl)),
    stop: () => cleanup.disposeAsync(),
  };
}
