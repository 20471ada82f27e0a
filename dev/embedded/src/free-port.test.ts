import { expect, test } from 'bun:test';
import { createServer } from 'node:net';
import { freePort, freePortFrom, isPortFree } from './free-port';

test('a free port is free, and outside of those that outgoing connections take', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_000);
  expect(await isPortFree(port)).toBe(true);
});

test('a port that is taken is stepped over', async () => {
  const taken = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  try {
    expect(await isPortFree(taken)).toBe(false);
    const next = await freePortFrom(taken);
    expect(next).toBeGreaterThan(taken);
    expect(next).toBeLessThan(taken + 100);
  } finally {
    server.close();
  }
  expect(await freePortFrom(taken)).toBe(taken);
});
