import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import postgres from 'postgres';
import { type Database, openDatabase } from '../client';

/** A migrated database of one test, a worker's pool on it, and a plain pool to look and to interfere with. */
export interface OpenedTestDatabase extends AsyncDisposable {
  readonly db: Database;
  readonly admin: postgres.Sql;
  readonly url: string;
  /** One more worker with a pool of its own, closed with the rest. `settings` are those of its sessions. */
  another(settings?: Record<string, string>): Database;
}

/** Opens a database for one test. Disposing closes every pool and drops it. */
export async function openTestDatabase(maxConnections = 4): Promise<OpenedTestDatabase> {
  const database: TestDatabase = await testDatabase();
  const { url } = database;
  const admin = postgres(url, { max: 4, onnotice: () => {} });
  const workers: Database[] = [];
  const another = (settings: Record<string, string> = {}) => {
    const own = new URL(url);
    for (const [name, value] of Object.entries(settings)) own.searchParams.set(name, value);
    const worker = openDatabase({ url: own.href, maxConnections, applicationName: 'popple-db-test' });
    workers.push(worker);
    return worker;
  };
  return {
    db: another(),
    admin,
    url,
    another,
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
      await admin.end({ timeout: 0 });
      await database.drop();
    },
  };
}
