import type { Request } from '@popple/shared/contract/request';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { DURABLES, ensureStreams, STREAMS } from '@popple/shared/messaging/topology';
import { GUILD } from '@popple/svc/testing/requests';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type TestDatabase, testDatabase } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { connect, type JetStreamClient, type JetStreamManager } from 'nats';
import postgres from 'postgres';
import { startTool, type ToolName, type ToolProcess } from './tool-process';

/** NATS and a database of one test, and the programs that work with them. */
export interface Rig extends AsyncDisposable {
  nats: TestNats;
  database: TestDatabase;
  client: JetStreamClient;
  manager: JetStreamManager;
  /** Another pool on the database, to look and to interfere with. */
  sql: postgres.Sql;
  /** Publishes requests as the bot does. */
  publish(requests: readonly Request[]): Promise<void>;
  /** Starts a svc and waits until it is ready. */
  startSvc(environment?: Record<string, string>): Promise<TestService>;
  /** Resolves when svc has nothing left to do. */
  drained(): Promise<void>;
  start(tool: ToolName, args: readonly string[], environment?: Record<string, string>): ToolProcess;
  /** Runs a tool to its end. */
  run(tool: ToolName, args: readonly string[], environment?: Record<string, string>): ToolProcess['ended'];
  /** Karma by subject, of all guilds or of one. */
  totals(guildId?: string): Promise<Record<string, string>>;
  /** How many messages a stream has. */
  messages(stream: keyof typeof STREAMS): Promise<number>;
}

/** Starts NATS with the streams, and makes a migrated database, on the server of `postgresUrl` when given. */
export async function openRig(postgresUrl?: string): Promise<Rig> {
  const [nats, database] = await Promise.all([testNats(), testDatabase(postgresUrl)]);
  const connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const manager = await connection.jetstreamManager();
  const client = connection.jetstream();
  await ensureStreams(manager, { maxAgeMs: 86_400_000, maxBytes: 67_108_864, replicas: 1 });
  const sql = postgres(database.url, { max: 4, onnotice: () => {} });
  const addresses = { NATS_URL: nats.url, DATABASE_URL: database.url };
  const parts: TestService[] = [];
  const tools: ToolProcess[] = [];
  const start: Rig['start'] = (tool, args, environment = {}) => {
    const process = startTool(tool, args, { ...addresses, ...environment });
    tools.push(process);
    return process;
  };
  return {
    nats,
    database,
    client,
    manager,
    sql,
    start,
    run: (tool, args, environment) => start(tool, args, environment).ended,
    publish: async (requests) => {
      await Promise.all(
        requests.map((request) =>
          client.publish(requestSubject(request), JSON.stringify(request), { msgID: request.id }),
        ),
      );
    },
    startSvc: async (environment = {}) => {
      const settings = { STREAM_MAX_AGE: '1d', STREAM_MAX_BYTES: '67108864' };
      const part = await startService('svc', { ...addresses, ...settings, ...environment });
      parts.push(part);
      await part.ready();
      return part;
    },
    drained: async () => {
      for (;;) {
        const info = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
        if (info.num_pending === 0 && info.num_ack_pending === 0) return;
        await Bun.sleep(20);
      }
    },
    totals: async (guildId = GUILD) => {
      const rows = await sql<{ subject: string; karma: string }[]>`
        SELECT subject, karma FROM karma WHERE guild_id = ${guildId} ORDER BY subject`;
      return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
    },
    messages: async (stream) => (await manager.streams.info(STREAMS[stream])).state.messages,
    async [Symbol.asyncDispose]() {
      for (const tool of tools) tool.kill('SIGKILL');
      await Promise.all([...parts.map((part) => part.stop()), ...tools.map(({ ended }) => ended)]);
      await sql.end({ timeout: 0 });
      await connection.close();
      await nats.stop();
      await database.drop();
    },
  };
}
