import { createServer } from 'node:net';

/** Accepts every connection and closes it at once, as a load balancer without a server behind it does. */
export async function listenAndClose(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `postgres://nobody@127.0.0.1:${address.port}/none`,
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}
