import { type EmbeddedNats, startNats } from '@popple/embedded/nats';
import { findNatsServer, natsServerVersion } from '@popple/embedded/nats-binary';
import { type EmbeddedPostgres, startPostgres } from '@popple/embedded/postgres';
import postgres from 'postgres';
import type { Screen } from './screen';
import { isNotableNatsLine, notablePostgresLines } from './server-log';

/** A server that runs, and a way to run it again on the same port and data. */
export interface Restartable<Server> {
  readonly server: Server;
  readonly restart: () => Promise<Server>;
  /** What runs, for the person at the terminal. */
  readonly about: string;
}

/** How much the servers' logs are shown. */
export interface ServerLogOptions {
  readonly screen: Screen;
  /** Everything they log; else only what is more than routine. */
  readonly verbose: boolean;
}

const databaseName = 'popple';

/** Finds or fetches a nats-server and starts it. */
export async function startNatsServer(
  storeDir: string,
  o: ServerLogOptions,
): Promise<Restartable<EmbeddedNats>> {
  const binary = await findNatsServer({
    report: (line) => o.screen.say(line),
    onProgress: (received, total) => o.screen.progress('downloading nats-server', received, total),
  });
  const onLine = (line: string) => {
    if (o.verbose || isNotableNatsLine(line)) o.screen.log('nats', line);
  };
  const server = await startNats({ storeDir, binary, onLine });
  const about = `NATS ${natsServerVersion(binary)} with JetStream on port ${server.port} (${binary})`;
  return { server, restart: () => startNats({ storeDir, binary, port: server.port, onLine }), about };
}

/** Starts Postgres, with a database for Popple in it. `url` of the result is that database's. */
export async function startPostgresServer(
  dataDir: string,
  o: ServerLogOptions,
): Promise<Restartable<EmbeddedPostgres> & { url: string }> {
  const isNotable = notablePostgresLines();
  const onLine = (line: string) => {
    if (isNotable(line) || o.verbose) o.screen.log('postgres', line);
  };
  const server = await startPostgres({ dataDir, onLine });
  const version = await makeDatabase(server.url);
  const url = new URL(server.url);
  url.pathname = `/${databaseName}`;
  return {
    server,
    url: url.href,
    restart: () => startPostgres({ dataDir, port: server.port, onLine }),
    about: `Postgres ${version} on port ${server.port}`,
  };
}

async function makeDatabase(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [existing] = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (!existing) await sql`create database ${sql(databaseName)}`;
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    return row?.server_version ?? 'of unknown version';
  } finally {
    await sql.end({ timeout: 5 });
  }
}
