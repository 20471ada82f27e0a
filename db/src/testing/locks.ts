import type postgres from 'postgres';

const PATIENCE_MS = 20_000;

/** Resolves when at least `count` statements in this database wait for locks. */
export async function untilBlocked(admin: postgres.Sql, count: number): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MS; ; ) {
    const rows = await admin`
      SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (rows.length >= count) return;
    if (Date.now() > giveUpAt) throw new Error(`${rows.length} statements wait for locks, not ${count}`);
    await Bun.sleep(5);
  }
}

/** A transaction that holds locks until it is told how to end. */
export interface Holder {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Runs a statement in a transaction of its own, which stays open and keeps the locks it took. */
export async function hold(admin: postgres.Sql, statement: string): Promise<Holder> {
  const connection = await admin.reserve();
  await connection.unsafe('BEGIN');
  await connection.unsafe(statement);
  const end = async (how: 'COMMIT' | 'ROLLBACK') => {
    await connection.unsafe(how);
    connection.release();
  };
  return { commit: () => end('COMMIT'), rollback: () => end('ROLLBACK') };
}
