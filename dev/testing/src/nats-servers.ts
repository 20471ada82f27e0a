import { findNatsServer, natsServerVersion } from '@popple/embedded/nats-binary';

/** A nats-server to test with, and what to call it. */
export interface NatsServerBinary {
  version: string;
  binary: string;
}

/**
 * The nats-servers that a test of what the server itself promises runs on: the one that everything else runs on, and those
 * that NATS_SERVER_BINS names (paths with colons between them).
 * @throws Error when NATS_SERVER_BINS names what is no nats-server.
 */
export async function natsServers(): Promise<NatsServerBinary[]> {
  const named = (process.env.NATS_SERVER_BINS ?? '').split(':').filter((path) => path !== '');
  const binaries = new Set([await findNatsServer(), ...named]);
  return [...binaries].map((binary) => {
    const version = natsServerVersion(binary);
    if (version === undefined) throw new Error(`NATS_SERVER_BINS names ${binary}, which is no nats-server`);
    return { version, binary };
  });
}
