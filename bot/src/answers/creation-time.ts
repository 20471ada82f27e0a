import type { KV, NatsConnection } from 'nats';

/**
 * A function that says when a bucket was made, in milliseconds since the Unix epoch. It asks NATS once for each connection:
 * a bucket can only have been lost, and made again by another process, where the connection broke. The promise rejects
 * with NatsError when NATS cannot be asked.
 */
export function creationTime(bucket: KV, connection: Pick<NatsConnection, 'info'>): () => Promise<number> {
  let known: { on: string; createdAtMs: number } | undefined;
  return async () => {
    for (;;) {
      const on = idOf(connection);
      if (known?.on === on) return known.createdAtMs;
      const { streamInfo } = await bucket.status();
      // An answer that came over another connection than the one it was asked on is asked for again.
      if (idOf(connection) === on) known = { on, createdAtMs: Date.parse(streamInfo.created) };
    }
  };
}

/** The server gives each connection a number, and each start of a server has an id of its own. */
function idOf({ info }: Pick<NatsConnection, 'info'>): string {
  return `${info?.server_id}/${info?.client_id}`;
}
