import { identify, isRunning } from '@popple/embedded/process-identity';
import { pause } from '@popple/shared/process/pause';
import { holdsInTime } from '@popple/testing/until';
import postgres from 'postgres';

/** How long Postgres may take to respond here; while faults are injected it may not respond at all. */
const PATIENCE_MS = 8_000;
const STATEMENT_WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 10;

const SVC = 'popple-svc';

function open(databaseUrl: string): postgres.Sql {
  return postgres(databaseUrl, { max: 1, connect_timeout: 3, fetch_types: false, onnotice: () => {} });
}

/** What `work` resolves to, or undefined when Postgres cannot be asked just now. */
async function asking<T>(
  databaseUrl: string,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T | undefined> {
  const sql = open(databaseUrl);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([work(sql), late]);
  } catch {
    // Down, starting, or out of reach: no process is there for the fault to hit.
    return undefined;
  } finally {
    clearTimeout(timer);
    await sql.end({ timeout: 0 });
  }
}

/** The pids of the backends that serve svc, in a steady order. */
async function svcBackends(sql: postgres.Sql): Promise<number[]> {
  const rows = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name = ${SVC} order by pid`;
  return rows.map(({ pid }) => pid);
}

/** Kills a backend that serves svc with SIGKILL; false when there was none. */
export async function killBackend(databaseUrl: string): Promise<boolean> {
  const pid = await asking(databaseUrl, async (sql) => (await svcBackends(sql))[0]);
  return pid !== undefined && signal(pid, 'SIGKILL');
}

/** Freezes a backend that serves svc for a while; false when there was none. */
export async function freezeBackend(
  databaseUrl: string,
  forMs: number,
  abort: AbortSignal,
): Promise<boolean> {
  const pid = await asking(databaseUrl, async (sql) => (await svcBackends(sql))[0]);
  const identity = pid === undefined ? undefined : identify(pid);
  if (identity === undefined || !signal(identity.pid, 'SIGSTOP')) return false;
  await pause(forMs, abort);
  if (isRunning(identity)) signal(identity.pid, 'SIGCONT');
  return true;
}

/** Has Postgres end a session of svc, wherever it is; false when there was none. */
export async function terminateBackend(databaseUrl: string): Promise<boolean> {
  const done = await asking(databaseUrl, async (sql) => {
    const [pid] = await svcBackends(sql);
    if (pid === undefined) return false;
    await sql`select pg_terminate_backend(${pid}::int)`;
    return true;
  });
  return done ?? false;
}

/**
 * Holds the karma of a guild until a statement of svc is in the middle of changing it, then calls `act`, and releases it.
 * False when no statement came by within 4 s.
 */
export async function inStatement(
  databaseUrl: string,
  guildId: string,
  act: (pid: number) => Promise<unknown>,
): Promise<boolean> {
  const looker = open(databaseUrl);
  try {
    const done = await asking(databaseUrl, (holder) =>
      holder.begin(async (transaction) => {
        await transaction`select from karma where guild_id = ${guildId} for update`;
        const pid = await waitingBackend(looker);
        if (pid === undefined) return false;
        await act(pid);
        return true;
      }),
    );
    return done ?? false;
  } finally {
    await looker.end({ timeout: 0 });
  }
}

/** Ends the session of a statement that `inStatement` caught. */
export async function terminate(databaseUrl: string, pid: number): Promise<void> {
  await asking(databaseUrl, (sql) => sql`select pg_terminate_backend(${pid}::int)`);
}

async function waitingBackend(sql: postgres.Sql): Promise<number | undefined> {
  let row: { pid: number } | undefined;
  await holdsInTime(
    async () => {
      [row] = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name = ${SVC} and wait_event_type = 'Lock' limit 1`;
      return row !== undefined;
    },
    { withinMs: STATEMENT_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  );
  return row?.pid;
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    // It has ended since it was listed.
    return false;
  }
}
