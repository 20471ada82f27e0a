import { withDeadline } from '@popple/shared/process/with-deadline';
import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { DatabaseDeadlineError } from './errors';
import * as schema from './schema';

/** The server's limit for one statement, unless the options have another. */
const STATEMENT_TIMEOUT_MS = 8_000;
/** How long one statement may take here, with the wait for a connection. Above the server's limit, whose error says more. */
const DEADLINE_MS = 12_000;
const CONNECT_TIMEOUT_S = 5;
const KEEP_ALIVE_S = 10;
/** How long closing waits for statements in hand. */
const CLOSE_GRACE_MS = 5_000;
const RECONNECT_CAP_S = 1;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`; parameters after `?` override what is set here. */
  url: string;
  maxConnections: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** How long one statement may take, in milliseconds, with the wait for a connection. */
  deadlineMs?: number;
  /** How long the server may work on, or wait for locks in, one statement, in milliseconds. */
  statementTimeoutMs?: number;
}

/** The same connections, to be spoken to in SQL or through drizzle. */
export interface Connections {
  readonly sql: postgres.Sql;
  readonly drizzle: PostgresJsDatabase<typeof schema>;
}

/** A pool of connections to Popple's database. */
export interface Database extends Connections {
  /**
   * Runs one statement. It is not tried again here, whatever happens: whether that is right only the caller knows.
   * @throws DatabaseDeadlineError when there is no response within `deadlineMs`; else what postgres.js raises.
   */
  run<T>(statement: (connections: Connections) => PromiseLike<T>, deadlineMs?: number): Promise<T>;
  /** Waits up to 5 s for the statements in hand, then closes every connection. Never rejects. */
  close(): Promise<void>;
}

/** Reconnects at once, then ever later up to a second: whoever asks pauses between tries by itself. */
function reconnectDelayS(retries: number): number {
  return Math.min(3 ** retries / 100, RECONNECT_CAP_S) * (0.5 + Math.random() / 2);
}

/** What postgres.js 3.4 reads but does not declare. */
interface UndeclaredOptions {
  /** How many statements may wait on a connection that is busy. */
  max_pipeline: number;
}

function connect(options: DatabaseOptions): Connections {
  const settings: postgres.Options<Record<string, never>> & UndeclaredOptions = {
    max: options.maxConnections,
    connect_timeout: CONNECT_TIMEOUT_S,
    keep_alive: KEEP_ALIVE_S,
    backoff: reconnectDelayS,
    // A statement that waits for a lock must not hold up others behind it while another connection is free.
    max_pipeline: 0,
    // The types of arrays are asked for on every new connection; statements here take JSON, and no arrays.
    fetch_types: false,
    prepare: true,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      // Every statement here reaches its rows through an index. Left alone, Postgres reads a nearly empty table from end
      // to end, and would keep that plan for a prepared statement while the table grows to millions of rows.
      enable_seqscan: 'off',
      // Postgres expects ten rows of an array parameter, and would compare all changes of a full batch with all subjects.
      enable_nestloop: 'off',
      // Where a loop is the only way, as into an index for each row of a batch, it then seems so dear that a server with LLVM
      // would compile the statement, each time anew.
      jit: 'off',
    },
  };
  const sql = postgres(options.url, settings);
  return { sql, drizzle: drizzle(sql, { schema }) };
}

/**
 * Opens a pool of up to `maxConnections` connections; the first is made by the first statement. `bigint` comes back as
 * a decimal string (postgres.js' way without a parser for it), as ids and karma are written everywhere.
 *
 * Statements go through `run`, because postgres.js alone would wait indefinitely in three cases: a peer that vanished
 * without a FIN, a proxy that accepts and closes at once (it reconnects indefinitely), and `end()` after a connection was
 * lost in the middle of a statement. postgres.js does not say which connection hung, so
 * the pool is replaced when the deadline passes. Other statements in hand then fail with
 * CONNECTION_DESTROYED, which is transient.
 */
export function openDatabase(options: DatabaseOptions): Database {
  let current = connect(options);
  const inHand = new Set<Promise<unknown>>();

  function replace(broken: Connections): void {
    if (broken !== current) return;
    current = connect(options);
    void broken.sql.end({ timeout: 0 });
  }

  async function attempt<T>(
    statement: (connections: Connections) => PromiseLike<T>,
    deadlineMs: number,
  ): Promise<T> {
    const connections = current;
    try {
      return await withDeadline(statement(connections), deadlineMs, () => {
        replace(connections);
        return new DatabaseDeadlineError(deadlineMs);
      });
    } catch (error) {
      // What drizzle wraps around it is the statement and its parameters, which belong into no log line.
      throw error instanceof DrizzleQueryError && error.cause ? error.cause : error;
    }
  }

  return {
    get sql() {
      return current.sql;
    },
    get drizzle() {
      return current.drizzle;
    },
    run(statement, deadlineMs = options.deadlineMs ?? DEADLINE_MS) {
      const running = attempt(statement, deadlineMs);
      inHand.add(running);
      const forget = () => inHand.delete(running);
      running.then(forget, forget);
      return running;
    },
    async close() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_GRACE_MS);
      });
      await Promise.race([Promise.allSettled(inHand), grace]);
      clearTimeout(timer);
      await current.sql.end({ timeout: 0 });
    },
  };
}
