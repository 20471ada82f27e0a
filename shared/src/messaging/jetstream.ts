import type { JetStreamClient, JetStreamManager } from 'nats';
import { ErrorCode, NatsError } from 'nats';
import { describeError } from '../observability/log';
import { RETRY_PACES } from '../process/retry-pace';
import { retryTransient } from '../process/retry-transient';
import type { Runner } from '../process/runner';
import { type Broker, connectBroker } from './connect';
import { type DURABLES, ensureDurable, ensureStreams, type StreamLimits } from './topology';

/** JetStream as a service or a tool uses it. */
export interface JetStream extends Broker {
  client: JetStreamClient;
  manager: JetStreamManager;
}

export interface JetStreamOptions {
  side: keyof typeof DURABLES;
  servers: readonly string[];
  limits: StreamLimits;
}

/**
 * Connects to NATS and makes what this side needs there, waiting for as long as NATS or its JetStream is away. When the
 * connection is closed for good afterwards the part fails, so that its orchestrator starts it anew.
 * @throws OperatorError when NATS refuses the credentials, a stream or a consumer.
 */
export async function openJetStream(runner: Runner, options: JetStreamOptions): Promise<JetStream> {
  const { log, signal } = runner;
  const broker = await connectBroker({
    servers: options.servers,
    name: `popple-${options.side}`,
    log,
    signal,
  });
  const { connection } = broker;
  runner.defer('close the connection to NATS', async () => {
    // The last acks may still be on their way to the socket.
    if (broker.isConnected()) await connection.flush();
    await connection.close();
  });
  void connection.closed().then((error) => {
    if (!signal.aborted)
      runner.fail(new Error('the connection to NATS is closed for good', { cause: error }));
  });
  const manager = await retryTransient(
    async () => {
      const manager = await connection.jetstreamManager();
      await ensureStreams(manager, options.limits);
      await ensureDurable(manager, options.side, (line) => log.warn(line));
      return manager;
    },
    {
      pace: RETRY_PACES.nats,
      signal,
      isTransient: (error) => error instanceof NatsError,
      onRetry: (error, pauseMs) =>
        log.warn(
          `JetStream does not respond: ${describeError(error)}; trying again in ${pauseMs} ms. ${hintFor(error)}`,
        ),
    },
  );
  return { ...broker, manager, client: connection.jetstream() };
}

/** What to look at when it goes on. */
function hintFor(error: unknown): string {
  return error instanceof NatsError && error.code === ErrorCode.PermissionsViolation
    ? 'This user may only look: the streams have to be made by one who may, before the parts start'
    : 'If this goes on, see that nats-server was started with -js';
}
