import type { KV, NatsConnection } from 'nats';

/**
 * A function that says when a bucket was made, in milliseconds since the Unix epoch. It asks NATS once for each connection,
 * for everybody who waits for it: a bucket can only have been lost, and made again by another process, where the connection
 * broke. The promise rejects with NatsError when NATS cannot be asked.
 */
export function creationTime(bucket: KV, connection: Pick<NatsConnection, 'info'>): () => Promise<number> {
  let asked: { on: string; createdAtMs: Promise<number> } | undefined;
  const ask = async (): Promise<number> => Date.parse((await bucket.status()).streamInfo.created);
  return async () => {
    for (;;) {
      const on = idOf(connection);
      if (asked?.on !== on) asked = { on, createdAtMs: ask() };
      const asking = asked;
      try {
        const createdAtMs = await asking.createdAtMs;
        // What came over another connection than the one it was asked on is asked for again.
        if (idOf(connection) === on) return createdAtMs;
      } catch (error) {
        if (asked === asking) asked = undefined;
        throw error;
      }
    }
  };
}

/** The server gives each connection a number, and each start of a server has an id of its own. */
function idOf({ info }: Pick<NatsConnection, 'info'>): string {
  return `${info?.server_id}/${info?.client_id}`;
}
