import { afterEach, expect, test } from 'bun:test';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';

const open: { proxies: TcpProxy[]; servers: Server[]; sockets: Socket[] } = {
  proxies: [],
  servers: [],
  sockets: [],
};

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  for (const proxy of open.proxies.splice(0)) await proxy.stop();
  for (const server of open.servers.splice(0)) server.close();
});

/** Sends back in capitals what it is sent, and hangs up on `bye`. */
async function echoThroughProxy(): Promise<TcpProxy> {
  const server = createServer((socket) => {
    open.sockets.push(socket);
    socket.on('data', (chunk) => {
      if (chunk.toString() === 'bye') socket.end();
      else socket.write(chunk.toString().toUpperCase());
    });
    socket.on('error', () => {});
  });
  open.servers.push(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(address.port);
    });
  });
  const proxy = await startTcpProxy({ target: `tcp://127.0.0.1:${port}` });
  open.proxies.push(proxy);
  return proxy;
}

interface Client {
  send(text: string): void;
  /** Everything received so far, once it is `text`. */
  received(text: string): Promise<void>;
  soFar(): string;
  /** How the connection ended. */
  ended: Promise<string>;
}

function client(proxy: TcpProxy): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = connect(proxy.port, '127.0.0.1');
    open.sockets.push(socket);
    let text = '';
    let changed = () => {};
    socket.on('data', (chunk) => {
      text += chunk.toString();
      changed();
    });
    const ended = new Promise<string>((end) => {
      socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      socket.on('close', () => end('closed'));
    });
    socket.on('error', reject);
    socket.on('connect', () =>
      resolve({
        send: (out) => socket.write(out),
        soFar: () => text,
        received: (wanted) =>
          new Promise((done) => {
            changed = () => {
              if (text === wanted) done();
            };
            changed();
          }),
        ended,
      }),
    );
  });
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 200));

test('bytes go both ways, many of them too', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  one.send('hello');
  await one.received('HELLO');
  const two = await client(proxy);
  two.send('x'.repeat(5_000_000));
  await two.received('X'.repeat(5_000_000));
  expect(proxy.connections()).toBe(2);
});

test('cut resets what is open and lets new connections through', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  one.send('a');
  await one.received('A');
  proxy.cut();
  expect(await one.ended).toBe('ECONNRESET');
  const two = await client(proxy);
  two.send('b');
  await two.received('B');
});

test('a stalled connection stays open and goes on where it was', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  one.send('a');
  await one.received('A');
  proxy.stall();
  one.send('b');
  const two = await client(proxy);
  two.send('c');
  await moment();
  expect([one.soFar(), two.soFar()]).toEqual(['A', '']);
  await proxy.heal();
  await one.received('AB');
  await two.received('C');
});

test('a blackhole loses what is sent, says nothing, and its connections never come back', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  one.send('a');
  await one.received('A');
  proxy.blackhole();
  one.send('b');
  const two = await client(proxy);
  two.send('c');
  await moment();
  expect(await Promise.race([one.ended, two.ended, 'open'])).toBe('open');
  await proxy.heal();
  expect([await one.ended, await two.ended]).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect([one.soFar(), two.soFar()]).toEqual(['A', '']);
  const three = await client(proxy);
  three.send('d');
  await three.received('D');
});

test('refuse turns new connections away, keeps the open ones, and heals on the same port', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  await proxy.refuse();
  await expect(client(proxy)).rejects.toThrow();
  one.send('a');
  await one.received('A');
  await proxy.heal();
  const two = await client(proxy);
  two.send('b');
  await two.received('B');
});

test('a target that is down closes the connection', async () => {
  const proxy = await echoThroughProxy();
  for (const server of open.servers.splice(0)) server.close();
  const one = await client(proxy);
  expect(await one.ended).not.toBe('');
});

test('an end of one side reaches the other', async () => {
  const proxy = await echoThroughProxy();
  const one = await client(proxy);
  one.send('bye');
  expect(await one.ended).toBe('closed');
});
