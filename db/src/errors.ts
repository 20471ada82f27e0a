/** A statement had no response in time. Whether it was applied is not known: ask again under the same id. */
export class DatabaseDeadlineError extends Error {
  override name = 'DatabaseDeadlineError';
  readonly code = 'DATABASE_DEADLINE';

  constructor(deadlineMs: number) {
    super(`Postgres gave no response within ${deadlineMs} ms; its connections were dropped`);
  }
}

/** Postgres answers, but not as what this code needs. The message says what to do. */
export class DatabaseNotReadyError extends Error {
  override name = 'DatabaseNotReadyError';
  readonly code = 'DATABASE_NOT_READY';
}

/** Other workers kept applying requests of this batch at the same moment. Nothing of it was applied by this call. */
export class LedgerContentionError extends Error {
  override name = 'LedgerContentionError';
  readonly code = 'LEDGER_CONTENTION';

  constructor(attempts: number, cause: unknown) {
    super(`other workers applied requests of this batch at the same moment, ${attempts} times in a row`, {
      cause,
    });
  }
}

/** The id is in the ledger as a request of another kind, so it cannot be answered as this one. */
export class LedgerKindError extends Error {
  override name = 'LedgerKindError';
  readonly code = 'LEDGER_KIND';

  constructor(id: string, kind: string, asked: string) {
    super(`request ${id} is in the ledger as ${kind}, and cannot be applied as ${asked}`);
  }
}

/** Whose fault an error is: `transient` is not the request's, and waiting may fix it; `refused` is the request's own. */
type Fault = 'transient' | 'refused';

/**
 * Errors by SQLSTATE class (its first two characters). Codes that are neither here nor in FAULT_BY_CODE are bugs.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const FAULT_BY_CLASS: Record<string, Fault> = {
  '08': 'transient', // connection exception
  '0A': 'transient', // a cached plan outlived a migration
  '22': 'refused', // data exception: a total beyond 64 bits, text that cannot be stored
  '23': 'refused', // a constraint
  '25': 'transient', // read-only: a standby, or a server in the middle of a failover
  '26': 'transient', // a pooler lost the prepared statement
  '28': 'transient', // authentication: the password is being rotated, or the operator has to fix it
  '3D': 'transient', // no such database: not created yet
  '3F': 'transient', // no such schema: not migrated yet
  '40': 'transient', // rolled back: serialization failure, deadlock
  // Statements here are constant, so what fails in them is never in the request: a table, column or right is missing.
  '42': 'transient',
  '53': 'transient', // out of connections, memory or disk
  '54': 'refused', // too large for Postgres
  '55': 'transient', // object not in the right state, lock not available
  '57': 'transient', // shutting down, starting up, cancelled, statement timeout
  '58': 'transient', // input/output errors
  F0: 'transient', // the server's configuration file
};

/** Errors without an SQLSTATE: of this package, of postgres.js and of the operating system. */
const FAULT_BY_CODE: Record<string, Fault> = {
  DATABASE_DEADLINE: 'transient',
  DATABASE_NOT_READY: 'transient',
  LEDGER_CONTENTION: 'transient',
  LEDGER_KIND: 'refused',
  CONNECTION_CLOSED: 'transient',
  CONNECTION_DESTROYED: 'transient',
  CONNECTION_ENDED: 'transient',
  CONNECT_TIMEOUT: 'transient',
  SASL_SIGNATURE_MISMATCH: 'transient',
  ECONNREFUSED: 'transient',
  ECONNRESET: 'transient',
  ECONNABORTED: 'transient',
  EPIPE: 'transient',
  ETIMEDOUT: 'transient',
  EHOSTUNREACH: 'transient',
  EHOSTDOWN: 'transient',
  ENETUNREACH: 'transient',
  ENETDOWN: 'transient',
  EADDRNOTAVAIL: 'transient', // out of local ports
  EMFILE: 'transient', // out of file descriptors
  ENFILE: 'transient',
  ENOENT: 'transient', // the Unix socket is gone while the server restarts
  ENOTFOUND: 'transient',
  EAI_AGAIN: 'transient',
  CERT_HAS_EXPIRED: 'transient',
  SELF_SIGNED_CERT_IN_CHAIN: 'transient',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'transient',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'transient',
};

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The code of an error, or of the error that caused it: drizzle wraps what the driver raises. */
function codeOf(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return undefined;
}

function faultOf(error: unknown): Fault | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  if (Object.hasOwn(FAULT_BY_CODE, code)) return FAULT_BY_CODE[code];
  return SQLSTATE.test(code) ? FAULT_BY_CLASS[code.slice(0, 2)] : undefined;
}

/** Whether the request is not to blame and the same call may succeed later, once Postgres or its operator is ready. */
export function isTransient(error: unknown): boolean {
  return faultOf(error) === 'transient';
}

/**
 * Whether Postgres refuses what was asked, however often it is asked. In a batch it does not say which request is to
 * blame, and nothing of the batch was applied.
 */
export function isRefusal(error: unknown): boolean {
  return faultOf(error) === 'refused';
}

/** Codes of a statement that took too long, for the server and for us. */
const TIMEOUT_CODES: ReadonlySet<string | undefined> = new Set(['57014', 'DATABASE_DEADLINE']);

/**
 * Whether a statement was given up because it took too long: a smaller one may succeed. One that was cancelled by an
 * operator cannot be told from it.
 */
export function isTimeout(error: unknown): boolean {
  return TIMEOUT_CODES.has(codeOf(error));
}

/**
 * The checks by which a statement notices that another worker counted meanwhile. One of them raises 23514 for a decision
 * that no longer holds; every other is a refusal.
 */
export const COUNTING_CHECKS = { counter: 'counter_within_bound', pair: 'cooldown_in_turn' } as const;

/** The tables in which a row that another worker has made too is no refusal. */
const CONTESTED_TABLES: ReadonlySet<unknown> = new Set(['ledger', 'undone', 'cooldown']);

/** The schema of the journal's partitions. */
const JOURNAL_PARTITIONS = 'journal_months';

const COUNTING_CHECK_NAMES: ReadonlySet<unknown> = new Set(Object.values(COUNTING_CHECKS));

/** Whether two workers claimed one request at the same moment and this one came second. Nothing of it was applied. */
export function isLedgerConflict(error: unknown): boolean {
  return isContention(error) && 'table_name' in error && error.table_name === 'ledger';
}

/** Whether a counter went past the bound that was decided with: more had been counted before. Nothing of it was applied. */
export function isPastBound(error: unknown): boolean {
  return (
    isContention(error) && 'constraint_name' in error && error.constraint_name === COUNTING_CHECKS.counter
  );
}

/**
 * Whether another worker did the same at the same moment and this one came second: it claimed the same request, undid
 * the same one, or counted against the same limit. Nothing of what was asked is applied; asked again, it sees what the other did.
 */
export function isContention(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code === '23505')
    return (
      ('table_name' in error && CONTESTED_TABLES.has(error.table_name)) ||
      // Of the journal's partitions, which have one unique index each.
      ('schema_name' in error && error.schema_name === JOURNAL_PARTITIONS)
    );
  return code === '23514' && 'constraint_name' in error && COUNTING_CHECK_NAMES.has(error.constraint_name);
}

/** Whether the tables that were asked for are not there. */
export function isMissingTable(error: unknown): boolean {
  const code = codeOf(error);
  return code === '42P01' || code === '3F000';
}
