import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@popple/embedded/free-port';

/** A TCP proxy between a client and a server, which makes the network fail as it does in production. */
export interface TcpProxy {
  readonly port: number;
  /** The target's URL with the proxy in the server's place. */
  readonly url: string;
  /** How many connections go through it now. */
  connections(): number;
  /** Resets all connections (RST), as a crashed peer or a firewall does; new ones go through. */
  cut(): void;
  /** Forwards nothing more, in both directions, and keeps all connections: a partition that may heal. */
  stall(): void;
  /**
   * Takes what is sent and loses it, without a FIN or an answer: the peer's machine is gone. New connections are
   * accepted and go nowhere.
   */
  blackhole(): void;
  /** Does not listen any more: new connections are refused. Those that are open go on. */
  refuse(): Promise<void>;
  /** Ends every fault: stalled connections go on where they were, those that lost data are reset. */
  heal(): Promise<void>;
  /** Resets all connections and stops listening. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Weather = 'forward' | 'stall' | 'blackhole';

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket | undefined;
  /** Something that one side sent, or its end, never reached the other: they cannot go on with each other. */
  broken: boolean;
}

const bindPatienceMs = 10_000;

/** Listens on a free port of 127.0.0.1 and forwards to the host and port of the URL `target`. */
export async function startTcpProxy(o: { target: string }): Promise<TcpProxy> {
  const target = new URL(o.target);
  const host = target.hostname;
  const targetPort = Number(target.port);
  const pairs = new Set<Pair>();
  let weather: Weather = 'forward';
  let server: Server | undefined;

  const accept = (client: Socket) => {
    const upstream =
      weather === 'blackhole' ? undefined : connect({ host, port: targetPort, allowHalfOpen: true });
    const pair: Pair = { client, upstream, broken: upstream === undefined };
    pairs.add(pair);
    carry(pair, client, upstream);
    if (upstream) carry(pair, upstream, client);
    if (weather === 'stall') pausePair(pair);
  };

  const carry = (pair: Pair, from: Socket, to: Socket | undefined) => {
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      if (weather === 'blackhole' || !to) pair.broken = true;
      else if (!to.write(chunk)) from.pause();
    });
    to?.on('drain', () => {
      if (weather !== 'stall') from.resume();
    });
    from.on('end', () => {
      if (weather === 'forward') to?.end();
      else pair.broken = true;
    });
    // What an error means for the other side is decided when the socket closes, which follows it.
    from.on('error', () => {});
    from.on('close', () => {
      pair.broken = true;
      if (weather === 'forward') reset(pair);
    });
  };

  const reset = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.upstream?.resetAndDestroy();
  };

  const cut = () => {
    for (const pair of pairs) reset(pair);
  };

  const listenOn = async (port: number) => {
    server = await listen(port, accept);
  };

  const refuse = async () => {
    const listening = server;
    server = undefined;
    // The callback of close() waits for the connections too; listening ends at once.
    listening?.close();
  };

  const port = await freePort();
  await listenOn(port);
  target.port = String(port);
  target.hostname = '127.0.0.1';
  const stop = async () => {
    await refuse();
    cut();
  };
  return {
    port,
    url: target.href,
    connections: () => pairs.size,
    cut,
    stall: () => {
      weather = 'stall';
      for (const pair of pairs) pausePair(pair);
    },
    blackhole: () => {
      weather = 'blackhole';
      for (const pair of pairs) resumePair(pair);
    },
    refuse,
    heal: async () => {
      weather = 'forward';
      for (const pair of pairs) {
        if (pair.broken) reset(pair);
        else resumePair(pair);
      }
      if (!server) await listenOn(port);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function pausePair(pair: Pair): void {
  pair.client.pause();
  pair.upstream?.pause();
}

function resumePair(pair: Pair): void {
  pair.client.resume();
  pair.upstream?.resume();
}

// Connections of a moment ago can hold the port for a little while.
async function listen(port: number, accept: (client: Socket) => void): Promise<Server> {
  for (const deadline = Date.now() + bindPatienceMs; ; ) {
    try {
      return await new Promise<Server>((resolve, reject) => {
        const server = createServer({ allowHalfOpen: true }, accept);
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve(server));
      });
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`the proxy cannot listen on port ${port}`, { cause });
      await sleep(50);
    }
  }
}
