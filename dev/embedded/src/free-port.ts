import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that Linux (32768), macOS and Windows (49152) hand out by themselves. One of those would be lost to
// any outgoing connection while its server restarts, even to a client's that tries to reach that very server.
const lowest = 20_000;
const highest = 32_000;

/**
 * A TCP port of 127.0.0.1 that nobody listened on a moment ago, and that a server can be restarted on. Somebody else
 * may take it before the caller binds it: whoever starts a server on it must be ready to try another. Raises when a
 * thousand ports in a row are taken.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = randomInt(lowest, highest);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port was found between ${lowest} and ${highest} of 127.0.0.1`);
}

/** Whether `port` of 127.0.0.1 can be bound right now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The first free port at or after `wanted`, of the next hundred; any free one when all of those are taken. */
export async function freePortFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + 100, 65_536); port++)
    if (await isPortFree(port)) return port;
  return freePort();
}
