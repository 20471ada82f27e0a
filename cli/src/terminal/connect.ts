import { connectBroker } from '@popple/shared/messaging/connect';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { OperatorError } from '@popple/shared/process/operator-error';
import { NatsError } from 'nats';
import type { ToolRun } from './run-tool';

/** A service waits for NATS indefinitely; a person at a terminal wants to know that it is not there. */
const PATIENCE_MS = 10_000;

/** Within this a server that is there has answered; later, a person wants to know what is waited for. */
const SILENCE_MS = 1_000;

/**
 * Connects to NATS for a tool, closed when the tool ends. It makes no streams: those belong to the parts.
 * @throws OperatorError when NATS is not reached within 10 s, refuses the credentials, or has no JetStream.
 */
export async function connectJetStream(
  run: ToolRun,
  servers: readonly string[],
  name: string,
): Promise<JetStream> {
  const { log, signal } = run;
  const late = AbortSignal.timeout(PATIENCE_MS);
  const hosts = servers.map((server) => new URL(server).host).join(', ');
  const waiting = setTimeout(
    () => run.say(`waiting for NATS at ${hosts}, for ${PATIENCE_MS / 1_000} s at most`),
    SILENCE_MS,
  );
  const broker = await connectBroker({ servers, name, log, signal: AbortSignal.any([signal, late]) }).catch(
    (error: unknown) => {
      if (!late.aborted || signal.aborted) throw error;
      throw new OperatorError(
        `NATS at ${hosts} was not reached within ${PATIENCE_MS / 1_000} s. Is it running, and does NATS_URL name it?`,
      );
    },
  );
  clearTimeout(waiting);
  const { connection } = broker;
  run.defer(() => connection.close());
  try {
    return { ...broker, client: connection.jetstream(), manager: await connection.jetstreamManager() };
  } catch (error) {
    if (!(error instanceof NatsError)) throw error;
    throw new OperatorError('NATS answers, but not its JetStream; was nats-server started with -js?', {
      cause: error,
    });
  }
}
