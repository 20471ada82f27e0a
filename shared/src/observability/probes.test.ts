import { afterEach, describe, expect, test } from 'bun:test';
import { Counter, Registry } from 'prom-client';
import { type Dependency, type Probes, serveProbes } from './probes';

let probes: Probes;
afterEach(() => probes.stop());

function serve(dependencies: Dependency[], registry = new Registry()): string {
  probes = serveProbes({ host: '127.0.0.1', port: 0, dependencies, registry, checkTimeoutMs: 50 });
  return probes.url;
}

describe('probes', () => {
  test('ready only while every dependency is usable, asked anew each time', async () => {
    let problem: string | undefined;
    const url = serve([
      { name: 'nats', check: async () => undefined },
      { name: 'postgres', check: async () => problem },
    ]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    problem = 'connection refused';
    const unready = await fetch(`${url}/readyz`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({
      ready: false,
      dependencies: { nats: 'ok', postgres: 'connection refused' },
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test('a check that throws or does not answer is not ready', async () => {
    const url = serve([
      { name: 'throws', check: () => Promise.reject(new Error('no route')) },
      { name: 'hangs', check: () => new Promise(() => undefined) },
    ]);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      dependencies: { throws: 'no route', hangs: 'no answer within 50 ms' },
    });
  });

  test('metrics are in the Prometheus text format', async () => {
    const registry = new Registry();
    new Counter({ name: 'popple_test_total', help: 'Counts.', registers: [registry] }).inc(3);
    const response = await fetch(`${serve([], registry)}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('popple_test_total 3');
  });

  test('a taken port is an error that names the variable', () => {
    const { port } = new URL(serve([]));
    expect(() =>
      serveProbes({ host: '127.0.0.1', port: Number(port), dependencies: [], registry: new Registry() }),
    ).toThrow(/HTTP_PORT/);
  });
});
