import { connect, ErrorCode, type NatsConnection, NatsError } from 'nats';
import { describeError, type Log } from '../observability/log';
import { OperatorError } from '../process/operator-error';
import { RETRY_PACES } from '../process/retry-pace';
import { retryTransient } from '../process/retry-transient';

export interface ConnectOptions {
  servers: readonly string[];
  /** What the server's monitoring shows for this connection. */
  name: string;
  log: Log;
  /** Gives up waiting for the first connection. */
  signal: AbortSignal;
}

/** The connection to NATS, and whether it is usable at this moment. */
export interface Broker {
  connection: NatsConnection;
  /** What the subjects begin with on which this connection receives responses: its user may subscribe to no others. */
  inboxPrefix: string;
  isConnected(): boolean;
}

// A peer that vanished without a FIN is noticed after two unanswered pings: within 15 s.
const PING_INTERVAL_MS = 5_000;
const MAX_PINGS_OUT = 2;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 500;

/** What no amount of waiting fixes. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.PermissionsViolation,
]);

const isRefusal = (error: unknown) => error instanceof NatsError && FINAL_CODES.has(error.code);

function withoutCredentials(server: string): string {
  const url = new URL(server);
  url.username = '';
  url.password = '';
  return url.toString();
}

/**
 * The address and credentials of a server list. nats.js takes one user for all servers, not one inside each URL.
 */
function splitCredentials(servers: readonly string[]): {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
} {
  const first = new URL(servers[0] ?? 'nats://127.0.0.1:4222');
  const addresses = servers.map((server) => new URL(server).host || server);
  if (first.username === '') return { servers: addresses };
  const user = decodeURIComponent(first.username);
  // As in other NATS clients: a user name without a password is a token.
  if (first.password === '') return { servers: addresses, token: user };
  return { servers: addresses, user, pass: decodeURIComponent(first.password) };
}

async function follow(
  broker: NatsConnection,
  log: Log,
  setConnected: (connected: boolean) => void,
): Promise<void> {
  for await (const status of broker.status()) {
    if (status.type === 'disconnect') {
      setConnected(false);
      log.warn('lost NATS: reconnecting indefinitely');
    } else if (status.type === 'reconnect') {
      setConnected(true);
      log.info('reconnected to NATS');
    }
  }
}

/**
 * Connects to NATS, waiting with growing pauses for as long as it cannot be reached, and reconnects without limit
 * afterwards. The caller watches `connection.closed()`: a closed connection does not come back.
 * @throws OperatorError when the credentials in NATS_URL are refused; the signal's reason when it is aborted first.
 */
export async function connectBroker(options: ConnectOptions): Promise<Broker> {
  const { servers, name, log, signal } = options;
  const shown = servers.map(withoutCredentials).join(', ');
  // An inbox of its own, so that a part's user need not be allowed to listen to the responses of others.
  const inboxPrefix = `_INBOX.${name}`;
  const tls = servers.some((server) => server.startsWith('tls:'));
  const connection = await retryTransient(
    () =>
      connect({
        ...splitCredentials(servers),
        name,
        inboxPrefix,
        ...(tls ? { tls: {} } : {}),
        timeout: CONNECT_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_MS,
        reconnectJitter: RECONNECT_MS,
        pingInterval: PING_INTERVAL_MS,
        maxPingOut: MAX_PINGS_OUT,
      }),
    {
      pace: RETRY_PACES.nats,
      signal,
      isTransient: (error) => !isRefusal(error),
      onRetry: (error, pauseMs) =>
        log.warn(`cannot reach NATS at ${shown}: ${describeError(error)}; trying again in ${pauseMs} ms`),
    },
  ).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    throw new OperatorError(`NATS at ${shown} refused the credentials in NATS_URL`, { cause: error });
  });
  let connected = true;
  void follow(connection, log, (now) => {
    connected = now;
  });
  log.info({ server: connection.getServer(), version: connection.info?.version }, 'connected to NATS');
  return { connection, inboxPrefix, isConnected: () => connected && !connection.isClosed() };
}
